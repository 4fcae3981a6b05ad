-- GET /portfolios/{1..N at random}/sectors: wrk -s portfolios_at_random.lua URL -- N
function init(args)
  count = tonumber(args[1])
  math.randomseed(20250814)
end

function request()
  return wrk.format("GET", "/portfolios/" .. math.random(count) .. "/sectors")
end
