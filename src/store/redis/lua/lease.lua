#!lua flags=allow-oom
-- Leases due tasks. ARGV: any, codes, lease ms, the three lanes' shares, and how many subscription changes and nothing
-- else, or 0. First expired leases come back, then what is due is promoted; both at most AT_ONCE per call, so that a call
-- stays short whatever fell due. Answers the time, the last token, and id and record of each, the tokens in a row; the
-- caller reads their work itself.
-- allow-oom: a full store is emptied by working, not by standing still.
local any, codes, lease, changes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[7])
local AT_ONCE, PARKED = 500, 900000

local expired = call('ZRANGEBYSCORE', P .. 's2', '-inf', NOW, 'LIMIT', 0, AT_ONCE)
local ended = #expired > 0 and call('HMGET', LEASES, unpack(expired))
for i, before in ipairs(records_of(expired)) do
  -- A store that was mended by hand may lack the lease; its task comes back all the same.
  local its_lease = ended[i] or '0 0 0'
  local t = before and load(expired[i], before, its_lease)
  if not t then
    gather(leaving, P .. 's2', expired[i])
  else
    local mark = string.match(its_lease, '^%d+ (%d+)')
    -- Whoever held it has settled nothing.
    t.k = '0'
    open(t)
    if mark == '0' then
      t.b = t.b + 1
      if t.b > ALONE then finish(t, FAILED, 'poison') else move(t, QUEUED, place(t)) end
    else
      record(t, '\n[' .. mark .. ',' .. NOW .. ',"lost",null,null,null,null,null,null]')
      t.f = t.f + 1
      if t.y == MESSAGE and t.p == '0' then
        t.p = 1
        move(t, RETRYING, int((now + PARKED) * TICKS))
      else
        finish(t, UNCERTAIN, 'outcome_unknown')
      end
    end
  end
end

write_sets()
for _, state in ipairs({ SCHEDULED, RETRYING }) do
  local set = P .. 's' .. state
  local due = call('ZRANGEBYSCORE', set, '-inf', '(' .. int((now + 1) * TICKS), 'WITHSCORES', 'LIMIT', 0, AT_ONCE)
  local ids = {}
  for i = 1, #due, 2 do ids[#ids + 1] = due[i] end
  for i, before in ipairs(records_of(ids)) do
    local t = before and load(ids[i], before, false)
    -- It keeps its time, and so its turn.
    if t then move(t, QUEUED, due[2 * i]) else call('ZREM', set, ids[i]) end
  end
end

write_sets()
local batch = {}
local token, until_ms
-- By its record's text: to take thousands apart is what a lease's time would go into.
local function take(id, record)
  token = token and token + 1 or tonumber(call('HGET', M, 'token') or 0) + 1
  until_ms = until_ms or int(now + lease)
  local kind = string.sub(record, 5, 5)
  gather(leaving, set_of(QUEUED, string.sub(record, 7, 7)), id)
  gather(entering, set_of(RUNNING), until_ms, id)
  if kind == SUBSCRIBE or kind == UNSUBSCRIBE then gather(leaving, P .. 'changes', id) end
  if is_alone(record) then call('ZREM', P .. 'alone', id) end
  leased[#leased + 1] = id
  leased[#leased + 1] = int(token) .. ' 0 ' .. until_ms
  batch[#batch + 1] = id
  batch[#batch + 1] = record
end

-- A newsletter mail's first lease gives it its record, and shows it to its owner.
local function record_anew(id)
  local t = load(id, false, false)
  if not t then return nil end
  call('ZADD', P .. 'tasks:' .. open(t).a, place(t), id)
  call('HDEL', waiting_of(t.rid, t.seq), t.seq)
  write(key_of(id), t.record)
  return t.record
end

-- Takes these, of which one that came back ALONE times comes alone.
local function take_all(picked)
  local records = records_of(picked)
  for i, id in ipairs(picked) do
    local record = records[i] or record_anew(id)
    if not record then
      for lane = 0, 2 do call('ZREM', P .. 'q' .. lane, id) end
      call('ZREM', P .. 'changes', id)
    elseif not is_alone(record) then
      take(id, record)
    elseif #batch == 0 then
      take(id, record)
      break
    end
  end
end

-- What came back ALONE times goes first and alone; in its turn a busy lane above it would keep it waiting for ever.
local suspect = call('ZRANGE', P .. 'alone', 0, 0)[1]
local its_record = suspect and call('GET', key_of(suspect))
if changes > 0 then
  take_all(call('ZRANGE', P .. 'changes', 0, changes - 1))
elseif its_record and (any > 0 or string.sub(its_record, 7, 7) == '0') then
  take(suspect, its_record)
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
return { NOW, token or 0, batch }
