#!lua flags=allow-oom
-- Forgets at most `limit` ended tasks, and as many of everything else. ARGV: limit, retention ms, captured mails to
-- keep, and how long to keep runs in ms. Answers how many tasks, and 1 when a kind reached the limit.
local limit, before = tonumber(ARGV[1]), now - tonumber(ARGV[2])
local gone, thinned = 0, {}

for state = SUCCEEDED, UNCERTAIN do
  local set = P .. 's' .. state
  local old = gone < limit and call('ZRANGEBYSCORE', set, '-inf', before, 'LIMIT', 0, limit - gone) or {}
  for i, record in ipairs(records_of(old)) do
    local id = old[i]
    local t = record and open(load(id, record, false))
    call('ZREM', set, id)
    if t then
      call('ZREM', P .. 'tasks:' .. t.account, id)
      call('UNLINK', key_of(id), P .. 'w:' .. id)
      if t.run then
        count(P .. 'run:' .. t.run, 'kept', -1)
        thinned[t.run] = true
        call('ZREM', P .. 'lost:' .. t.run, id)
      end
    end
    gone = gone + 1
  end
end
flush()
-- The list of runs needs no text, and would hold it for a year.
for rid in pairs(thinned) do
  local f = call('HMGET', P .. 'run:' .. rid, 'dn', 'kept')
  if f[1] and tonumber(f[2] or 0) <= 0 then call('HSET', P .. 'run:' .. rid, 'co', '') end
end

local names = call('ZRANGEBYSCORE', P .. 'forget', '-inf', now, 'LIMIT', 0, limit)
for _, name in ipairs(names) do
  call('UNLINK', P .. name)
  call('ZREM', P .. 'forget', name)
end
local surplus = math.min(call('ZCARD', P .. 'captured') - tonumber(ARGV[3]), limit)
for _, id in ipairs(surplus > 0 and call('ZRANGE', P .. 'captured', 0, surplus - 1) or {}) do
  local account = call('HGET', P .. 'mail:' .. id, 'a')
  if account then call('ZREM', P .. 'mails:' .. account, id) end
  call('UNLINK', P .. 'mail:' .. id)
  call('ZREM', P .. 'captured', id)
end
for _, rid in ipairs(call('ZRANGEBYSCORE', P .. 'runs', '-inf', now - tonumber(ARGV[4]), 'LIMIT', 0, limit)) do
  local f = call('HMGET', P .. 'run:' .. rid, 'a', 'dn', 'kept')
  if f[2] and tonumber(f[3] or 0) <= 0 then
    call('ZREM', P .. 'runs:' .. f[1], rid)
    call('ZREM', P .. 'runs', rid)
    call('UNLINK', P .. 'run:' .. rid, P .. 'lost:' .. rid)
  end
end
-- Runs that a kept task holds back stay at the front of their list, so they are no reason to come again.
return { gone, math.max(gone, #names, surplus) >= limit and 1 or 0 }
