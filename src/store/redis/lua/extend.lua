#!lua flags=allow-oom
-- Moves the end of leases. ARGV: lease ms, then id and token of each. Answers 1, or 0 for a stale token.
local ids, answers, places = {}, {}, {}
for at = 2, #ARGV, 2 do ids[#ids + 1] = ARGV[at] end
local held, until_ms = values(HELD, ids), int(now + tonumber(ARGV[1]))
for i, id in ipairs(ids) do
  local holds = holding(held[i] or '') == ARGV[2 * i + 1]
  if holds then
    places[#places + 1] = until_ms
    places[#places + 1] = id
  end
  answers[i] = holds and 1 or 0
end
if #places > 0 then call('ZADD', P .. 's2', unpack(places)) end
return answers
