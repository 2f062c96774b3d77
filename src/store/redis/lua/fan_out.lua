#!lua
-- Makes the tasks of the next subscriptions of a run and moves its cursor. ARGV: run, limit (at most 1000), high water.
-- Answers how many, and 1 when the run is done. A waiting mail is its recipient (waiting_of) and a place in the queue;
-- all else is the run's.
local rid, limit = ARGV[1], tonumber(ARGV[2])
local run, queue = P .. 'run:' .. rid, P .. 'q2'
local f = call('HMGET', run, 'a', 'k', 'f', 'p', 'up', 'cu', 'dn')
if not f[1] or f[7] then return { 0, 1 } end
if call('ZCARD', queue) >= tonumber(ARGV[3]) then return { 0, 0 } end
local name, period = f[1] .. ' ' .. f[2], tonumber(f[4])
local members = P .. 'seq:' .. f[3] .. ' ' .. name
local range = call('ZRANGEBYSCORE', members, '(' .. f[6], f[5], 'WITHSCORES', 'LIMIT', 0, limit)
local seen, cursor, places = #range / 2, f[6], {}
if seen > 0 then
  local emails = {}
  for i = 1, seen do emails[i] = range[2 * i - 1] end
  cursor = range[2 * seen]
  local held = call('HMGET', P .. 'subs:' .. name, unpack(emails))
  local prefix, waiting = rid .. '-', {}
  for i = 1, seen do
    local accepted, address = string.match(held[i] or '', '^%d|%d+|%d+|(%d+)|(.+)$')
    if accepted and tonumber(accepted) < period then
      local seq = range[2 * i]
      local key = waiting_of(rid, tonumber(seq))
      local list = waiting[key] or {}
      waiting[key] = list
      list[#list + 1] = seq
      list[#list + 1] = address
      -- They keep the order of the sequence within this millisecond.
      places[#places + 1] = int(now * TICKS + i % TICKS)
      places[#places + 1] = prefix .. seq
    end
  end
  for key, list in pairs(waiting) do call('HSET', key, unpack(list)) end
end
local made = #places / 2
if made > 0 then
  call('ZADD', queue, unpack(places))
  count(run, 'n', made)
  count(run, 'kept', made)
end
local done = seen < limit or tonumber(cursor) >= tonumber(f[5])
call('HSET', run, 'cu', cursor)
if done then
  call('HSET', run, 'dn', 1)
  call('ZREM', P .. 'open', rid)
end
flush()
if made > 0 then wake() end
return { made, done and 1 or 0 }
