#!lua flags=allow-oom
-- Leases due tasks. ARGV: any, codes, lease ms, the three lanes' shares, and how many subscription changes and nothing
-- else, or 0. First expired leases come back, then what is due is promoted; both at most AT_ONCE per call, so that a call
-- stays short whatever fell due. The caller reads their work itself.
-- allow-oom: a full store is emptied by working, not by standing still.
local any, codes, lease, changes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[7])
local AT_ONCE, PARKED = 500, 900000

local expired = call('ZRANGEBYSCORE', P .. 's2', '-inf', int(now), 'LIMIT', 0, AT_ONCE)
local held = values(HELD, expired)
for i, id in ipairs(expired) do
  local t = held[i] and load(id, held[i])
  if not t then
    call('ZREM', P .. 's2', id)
    call('HDEL', HELD, id)
  elseif not t.m then
    t.b = t.b + 1
    put(t, 'b', t.b)
    if t.b > ALONE then finish(t, FAILED, 'poison') else move(t, QUEUED, place(t)) end
  else
    record(t, 'lost', string.format('[%d,%d,"lost",null,null,null,null,null,null]', t.m, now))
    put(t, 'f', t.f + 1)
    if t.y == MESSAGE and not t.p then
      put(t, 'p', 1)
      move(t, RETRYING, int((now + PARKED) * TICKS))
    else
      finish(t, UNCERTAIN, 'outcome_unknown')
    end
  end
end

write_sets()
for _, state in ipairs({ SCHEDULED, RETRYING }) do
  local set = P .. 's' .. state
  local due = call('ZRANGEBYSCORE', set, '-inf', '(' .. int((now + 1) * TICKS), 'WITHSCORES', 'LIMIT', 0, AT_ONCE)
  for i = 1, #due, 2 do
    local t = load(due[i], false)
    -- It keeps its time, and so its turn.
    if t then move(t, QUEUED, due[i + 1]) else call('ZREM', set, due[i]) end
  end
end

write_sets()
local batch = {}
local token, until_ms
local function take(t)
  token = token and token + 1 or tonumber(call('HGET', M, 'token') or 0) + 1
  until_ms = until_ms or int(now + lease)
  local alone = t.b >= ALONE
  t.k = int(token)
  if t.new then call('ZADD', P .. 'tasks:' .. t.a, place(t), t.id) end
  move(t, RUNNING, until_ms)
  batch[#batch + 1] = {
    t.id, t.a, t.k, t.l, t.r, t.x, t.u, t.f, t.c, t.d, t.e, t.p and 1 or 0, alone and 1 or 0, t.o,
  }
end

-- Takes these, of which one that came back ALONE times comes alone.
local function take_all(picked)
  for _, id in ipairs(picked) do
    local task = load(id, false)
    if not task then
      for lane = 0, 2 do call('ZREM', P .. 'q' .. lane, id) end
      call('ZREM', P .. 'changes', id)
    elseif task.b < ALONE then
      take(task)
    elseif #batch == 0 then
      take(task)
      break
    end
  end
end

-- What came back ALONE times goes first and alone; in its turn a busy lane above it would keep it waiting for ever.
local suspect = call('ZRANGE', P .. 'alone', 0, 0)[1]
local t = suspect and load(suspect, false)
if changes > 0 then
  take_all(call('ZRANGE', P .. 'changes', 0, changes - 1))
elseif t and (any > 0 or t.l == 0) then
  take(t)
else
  local left, picked, rest = any, {}, {}
  for lane = 0, 2 do
    local reserved = lane == 0 and codes or 0
    local share = tonumber(ARGV[4 + lane])
    local most = any + reserved
    local waiting = most > 0 and call('ZRANGE', P .. 'q' .. lane, 0, most - 1) or {}
    for i, id in ipairs(waiting) do
      if i <= share then picked[#picked + 1] = id else rest[#rest + 1] = id end
    end
    -- Codes use up what is reserved for them before they use the common part.
    left = left - math.max(math.min(share, #waiting) - reserved, 0)
  end
  for i = 1, math.min(left, #rest) do picked[#picked + 1] = rest[i] end
  take_all(picked)
end
if token then call('HSET', M, 'token', int(token)) end
close()
return { int(now), batch }
