-- GET /portfolios/{1..N, again and again}/sectors, so that none is asked for twice before all others: wrk -s portfolios_in_turn.lua URL -- N
-- Begins anywhere: what the last run asked for first may still be in memory.
function init(args)
  count = tonumber(args[1])
  math.randomseed(os.time())
  last = math.random(count)
end

function request()
  last = last % count + 1
  return wrk.format("GET", "/portfolios/" .. last .. "/sectors")
end
