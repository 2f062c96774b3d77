#!lua flags=allow-oom
-- Fence and mark right before DATA. ARGV: id, token and not_after of each.
-- Answers 0 go, 1 stale, 2 late, 3 suppressed, 4 unsubscribed. Only 0 writes.
-- A lease that has ended is stale also while nobody has noticed: a server that was frozen comes to a call long after the
-- caller has given it up, and a mark that nobody knows of would put a mail in doubt that never began.
local ids = {}
for at = 1, #ARGV, 3 do ids[#ids + 1] = ARGV[at] end
local held, ends = values(HELD, ids), #ids > 0 and call('ZMSCORE', P .. 's2', unpack(ids)) or {}
local answers, marked = {}, {}

-- Most accounts have no suppressions, most runs are those of the mail before.
local suppressing, contents = {}, {}
local function remembered(cache, key, look)
  if cache[key] == nil then cache[key] = look() end
  return cache[key]
end

local function begin(id, held, until_ms, token, not_after)
  if not held or not until_ms or tonumber(until_ms) <= now then return 1 end
  local holder, kind, attempts, _, account, email = holding(held)
  if holder ~= token then return 1 end
  if now >= not_after then return 2 end
  local list = P .. 'sup:' .. account
  local suppresses = remembered(suppressing, account, function() return call('EXISTS', list) == 1 end)
  if suppresses and call('HEXISTS', list, email) == 1 then return 3 end
  local rid, seq = string.match(id, '^(r%w+)-(%d+)$')
  if rid then
    local content = remembered(contents, rid, function() return call('HGET', P .. 'run:' .. rid, 'k') end)
    if not content then return 1 end
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
