-- GET /portfolios/{1..N, again and again}/sectors, so that none is asked for twice before all others, if each run begins behind
-- what was asked for before it: wrk -s portfolios_in_turn.lua URL -- N ASKED
function init(args)
  count = tonumber(args[1])
  last = tonumber(args[2]) % count
end

function request()
  last = last % count + 1
  return wrk.format("GET", "/portfolios/" .. last .. "/sectors")
end
