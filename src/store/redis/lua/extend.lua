#!lua flags=allow-oom
-- Moves the end of leases. ARGV: lease ms, then id and token of each. Answers 1, or 0 for a stale token. One that has
-- ended stays ended, as for begin.lua: of two late calls the first must not make the second good.
local ids, answers, places, extended = {}, {}, {}, {}
for at = 2, #ARGV, 2 do ids[#ids + 1] = ARGV[at] end
local until_ms = int(now + tonumber(ARGV[1]))
for i, lease in ipairs(call('HMGET', LEASES, unpack(ids))) do
  local holder, mark, ends = string.match(lease or '', '^(%d+) (%d+) (%d+)$')
  local holds = holder == ARGV[2 * i + 1] and tonumber(ends) > now
  if holds then
    places[#places + 1] = until_ms
    places[#places + 1] = ids[i]
    extended[#extended + 1] = ids[i]
    extended[#extended + 1] = holder .. ' ' .. mark .. ' ' .. until_ms
  end
  answers[i] = holds and 1 or 0
end
if #places > 0 then
  call('ZADD', P .. 's2', unpack(places))
  call('HSET', LEASES, unpack(extended))
end
return answers
