#!lua flags=allow-oom
-- Fence and mark right before DATA. ARGV: id, token and not_after of each.
-- Answers 0 go, 1 stale, 2 late, 3 suppressed, 4 unsubscribed. Only 0 writes.
-- A lease that has ended is stale also while nobody has noticed: a server that was frozen comes to a call long after the
-- caller has given it up, and a mark that nobody knows of would put a mail in doubt that never began.
local ids = {}
for at = 1, #ARGV, 3 do ids[#ids + 1] = ARGV[at] end
local held, ends = values(HELD, ids), #ids > 0 and call('ZMSCORE', P .. 's2', unpack(ids)) or {}
local answers, marked = {}, {}

local function begin(id, held, until_ms, token, not_after)
  if not held or not until_ms or tonumber(until_ms) <= now then return 1 end
  local holder, kind, attempts, _, account, email = holding(held)
  if holder ~= token then return 1 end
  if now >= not_after then return 2 end
  if is_suppressed(account, email) then return 3 end
  local rid, seq = issue(id)
  if rid then
    local content = run_of(rid).k
    if content == '' then return 1 end
    local subscribed = call('HGET', P .. 'subs:' .. account .. ' ' .. content, email)
    if not subscribed or string.match(subscribed, '^%d|(%d+)|') ~= seq then return 4 end
  end
  marked[#marked + 1] = id
  marked[#marked + 1] = hold(token, kind, attempts, int(now), account, email)
  return 0
end

for i, id in ipairs(ids) do
  answers[i] = begin(id, held[i], ends[i], ARGV[3 * i - 1], tonumber(ARGV[3 * i]))
end
if #marked > 0 then call('HSET', HELD, unpack(marked)) end
return answers
