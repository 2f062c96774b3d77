#!lua flags=allow-oom
-- Forgets at most `limit` ended tasks, and as many of everything else. ARGV: limit, retention ms. Answers how many tasks.
local limit, before = tonumber(ARGV[1]), now - tonumber(ARGV[2])
local captures = call('EXISTS', P .. 'captured') == 1
local gone = 0

local function forget_capture(id)
  local account = call('HGET', P .. 'mail:' .. id, 'a')
  if account then call('ZREM', P .. 'mails:' .. account, id) end
  call('UNLINK', P .. 'mail:' .. id)
  call('ZREM', P .. 'captured', id)
end

for state = SUCCEEDED, UNCERTAIN do
  local set = P .. 's' .. state
  local old = gone < limit and call('ZRANGEBYSCORE', set, '-inf', before, 'LIMIT', 0, limit - gone) or {}
  for i, record in ipairs(records_of(old)) do
    local id = old[i]
    local t = record and open(load(id, record, false))
    call('ZREM', set, id)
    if t then
      call('ZREM', P .. 'tasks:' .. t.a, id)
      call('UNLINK', key_of(id), P .. 'w:' .. id)
      if captures then forget_capture(id) end
      if t.rid then
        count(P .. 'run:' .. t.rid, 'kept', -1)
        call('ZREM', P .. 'lost:' .. t.rid, id)
      end
    end
    gone = gone + 1
  end
end
flush()

for _, name in ipairs(call('ZRANGEBYSCORE', P .. 'forget', '-inf', now, 'LIMIT', 0, limit)) do
  call('UNLINK', P .. name)
  call('ZREM', P .. 'forget', name)
end
-- Captured without a task of ours, or left by one.
for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'captured', '-inf', before, 'LIMIT', 0, limit)) do
  -- One whose task lives goes with it; until then it stands in nobody's way.
  if call('EXISTS', key_of(id)) == 1 then call('ZADD', P .. 'captured', now, id) else forget_capture(id) end
end
for _, rid in ipairs(call('ZRANGEBYSCORE', P .. 'runs', '-inf', before, 'LIMIT', 0, limit)) do
  local f = call('HMGET', P .. 'run:' .. rid, 'a', 'dn', 'kept')
  if f[2] and tonumber(f[3] or 0) <= 0 then
    call('ZREM', P .. 'runs:' .. f[1], rid)
    call('ZREM', P .. 'runs', rid)
    call('UNLINK', P .. 'run:' .. rid, P .. 'lost:' .. rid)
  end
end
return gone
