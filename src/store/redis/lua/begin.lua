#!lua flags=allow-oom
-- Fence and mark right before DATA. ARGV: id, token and not_after of each.
-- Answers 0 go, 1 stale, 2 late, 3 suppressed, 4 unsubscribed. Only 0 writes.
-- A lease that has ended is stale also while nobody has noticed: a server that was frozen comes to a call long after the
-- caller has given it up, and a mark that nobody knows of would put a mail in doubt that never began.
local ids, answers, marked = {}, {}, {}
for at = 1, #ARGV, 3 do ids[#ids + 1] = ARGV[at] end
local records = records_of(ids)

local function begin(id, record, token, not_after)
  if not record then return 1 end
  local state, holder, until_ms, rest, account, recipient =
    string.match(record, '^(%d) (%d+) %d+ (%d+) ()%d %d %d (%S+) (%S+)')
  if state ~= '2' or holder ~= token or tonumber(until_ms) <= now then return 1 end
  if now >= not_after then return 2 end
  local email = string.lower(recipient)
  if is_suppressed(account, email) then return 3 end
  local rid, seq = issue(id)
  if rid then
    local content = run_of(rid).k
    if content == '' then return 1 end
    local subscribed = call('HGET', P .. 'subs:' .. account .. ' ' .. content, email)
    if not subscribed or string.match(subscribed, '^%d|(%d+)|') ~= seq then return 4 end
  end
  marked[#marked + 1] = key_of(id)
  marked[#marked + 1] = '2 ' .. token .. ' ' .. NOW .. ' ' .. until_ms .. ' ' .. string.sub(record, rest)
  return 0
end

for i, id in ipairs(ids) do
  answers[i] = begin(id, records[i], ARGV[3 * i - 1], tonumber(ARGV[3 * i]))
end
if #marked > 0 then call('MSET', unpack(marked)) end
return answers
