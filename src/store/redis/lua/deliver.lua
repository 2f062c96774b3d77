-- Put after core.lua, in front of what settle.lua builds on: most settlements are deliveries under a living lease, and a
-- call of nothing else ends here. `others` are the places of the rest. A record's `at` is the attempt's end here, as its
-- caller has it.
local ids, answers, others, seen = {}, {}, {}, {}
for i = 1, #ARGV / 4 do ids[i] = ARGV[4 * i - 3] end
local leases = call('HMGET', LEASES, unpack(ids))

-- What equal deliveries, and equal leases, have in common: each is read once.
local ways, holders, runs_of = {}, {}, {}
local over, places, texts, works, n = {}, {}, {}, {}, 0
for i, id in ipairs(ids) do
  local lease, verdict = leases[i], ARGV[4 * i - 1]
  local holder = lease and (holders[lease] or string.match(lease, '^%d+'))
  if lease then holders[lease] = holder end
  local way = ways[verdict]
  if not way and string.byte(verdict) == 68 then
    local token, kind, outcome = string.match(verdict, '^D (%d+) (%d) (.+)$')
    way = { token = token, ended = 'e' .. kind .. '4', outcome = 'a:' .. outcome, times = 0 }
    ways[verdict] = way
  end
  if not way or way.token ~= holder or seen[id] then
    others[#others + 1] = i
  else
    n, seen[id], answers[i] = n + 1, true, 1
    way.times = way.times + 1
    over[n] = id
    places[2 * n - 1], places[2 * n] = NOW, id
    texts[2 * n - 1], texts[2 * n] = RECORD .. id, ARGV[4 * i]
    local rid = issue(id)
    if rid then runs_of[rid] = (runs_of[rid] or 0) + 1 else works[#works + 1] = P .. 'w:' .. id end
  end
end
if n > 0 then
  call('ZREM', P .. 's2', unpack(over))
  call('HDEL', LEASES, unpack(over))
  call('ZADD', P .. 's4', unpack(places))
  call('MSET', unpack(texts))
  if #works > 0 then call('DEL', unpack(works)) end
  for rid, times in pairs(runs_of) do call('HINCRBY', P .. 'run:' .. rid, '4', times) end
  for _, way in pairs(ways) do
    call('HINCRBY', COUNT, way.ended, way.times)
    call('HINCRBY', COUNT, way.outcome, way.times)
  end
end
if #others == 0 then return answers end
