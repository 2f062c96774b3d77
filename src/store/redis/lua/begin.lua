#!lua flags=allow-oom
-- Fence and mark right before DATA. ARGV: id, token and not_after of each.
-- Answers 0 go, 1 stale, 2 late, 3 suppressed, 4 unsubscribed. Only 0 writes.
-- A lease that has ended is stale also while nobody has noticed: a server that was frozen comes to a call long after the
-- caller has given it up, and a mark that nobody knows of would put a mail in doubt that never began.
local answers = {}
local function begin(id, token, not_after)
  local key = P .. 't:' .. id
  local f = call('HMGET', key, 's', 'k', 'a', 'r')
  if f[1] ~= '2' or f[2] ~= token then return 1 end
  if tonumber(call('ZSCORE', P .. 's2', id)) <= now then return 1 end
  if now >= not_after then return 2 end
  local rid, seq = string.match(id, '^(r%w+)-(%d+)$')
  local run = rid and call('HMGET', P .. 'run:' .. rid, 'a', 'k')
  local account, email = rid and run[1] or f[3], string.lower(f[4])
  if not account then return 1 end
  if call('HEXISTS', P .. 'sup:' .. account, email) == 1 then return 3 end
  if rid then
    local held = call('HGET', P .. 'subs:' .. account .. ' ' .. run[2], email)
    if not held or string.match(held, '^%d|(%d+)|') ~= seq then return 4 end
  end
  call('HSET', key, 'm', now)
  return 0
end
for at = 1, #ARGV, 3 do answers[#answers + 1] = begin(ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])) end
return answers
