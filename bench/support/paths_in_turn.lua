-- GET each of the paths in turn: wrk -s paths_in_turn.lua URL -- PATH...
local last = 0

function init(args)
  paths = args
end

function request()
  last = last % #paths + 1
  return wrk.format("GET", paths[last])
end
