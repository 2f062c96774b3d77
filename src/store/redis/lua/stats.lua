#!lua flags=no-writes
-- Totals, lanes (depth and the oldest's due time) and the clock, read together; and the sizes of the state sets, which
-- are the gauges.
local lanes, sets = {}, {}
for lane = 0, 2 do
  local key = P .. 'q' .. lane
  local oldest = call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  lanes[lane + 1] = { call('ZCARD', key), oldest and int(tonumber(oldest) / TICKS) or '' }
end
for state = 0, 8 do
  sets[state + 1] = call('ZCARD', P .. 's' .. state)
end
sets[2] = lanes[1][1] + lanes[2][1] + lanes[3][1]
return { NOW, call('HGETALL', COUNT), lanes, sets }
