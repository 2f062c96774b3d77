#!lua flags=allow-oom
-- Fence and mark right before DATA. ARGV: id, token and not_after of each.
-- Answers 0 go, 1 stale, 2 late, 3 suppressed, 4 unsubscribed. Only 0 writes.
-- A lease that has ended is stale also while nobody has noticed: a server that was frozen comes to a call long after the
-- caller has given it up, and a mark that nobody knows of would put a mail in doubt that never began.
local ids, answers, marked = {}, {}, {}
for at = 1, #ARGV, 3 do ids[#ids + 1] = ARGV[at] end
local leases = call('HMGET', LEASES, unpack(ids))

-- Whether the store refuses this mail by now: as begin answers, or nil. Records are read once one is asked for.
local records
local function refusal(i, rid, seq)
  records = records or records_of(ids)
  local account, recipient = string.match(records[i] or '', '^%d %d %d %d %d+ %d+ (%S+) (%S+)')
  if not account then return 1 end
  if is_suppressed(account, recipient) then return 3 end
  if not rid then return nil end
  local content = run_of(rid).k
  if content == '' then return 1 end
  local subscribed = call('HGET', P .. 'subs:' .. account .. ' ' .. content, string.lower(recipient))
  if not subscribed or string.match(subscribed, '^%d|(%d+)|') ~= seq then return 4 end
end

local function begin(i, token, not_after)
  local id = ids[i]
  local holder, until_ms = string.match(leases[i] or '', '^(%d+) %d+ (%d+)$')
  if holder ~= token or tonumber(until_ms) <= now then return 1 end
  if now >= not_after then return 2 end
  local rid, seq = issue(id)
  local refused = (rid or HAS_LISTS) and refusal(i, rid, seq)
  if refused then return refused end
  marked[#marked + 1] = id
  marked[#marked + 1] = token .. ' ' .. NOW .. ' ' .. until_ms
  return 0
end

for i = 1, #ids do answers[i] = begin(i, ARGV[3 * i - 1], tonumber(ARGV[3 * i])) end
if #marked > 0 then call('HSET', LEASES, unpack(marked)) end
return answers
