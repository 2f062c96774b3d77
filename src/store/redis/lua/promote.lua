#!lua flags=allow-oom
-- What is due by time: expired leases come back, then what waited for its time is queued; both at most AT_ONCE per call,
-- so that a call stays short whatever fell due. Answers the time, and of each task whose lease had expired id, mark and
-- record.
-- allow-oom: a full store is emptied by working, not by standing still.
local AT_ONCE = 500
local lost = {}

local expired = call('ZRANGEBYSCORE', P .. 's2', '-inf', NOW, 'LIMIT', 0, AT_ONCE)
local ended = #expired > 0 and call('HMGET', LEASES, unpack(expired))
for i, before in ipairs(records_of(expired)) do
  -- A store that was mended by hand may lack the lease; its task comes back all the same.
  local its_lease = ended[i] or '0 0 0'
  local t = before and load(expired[i], before, its_lease)
  if not t then
    add(list_of(leaving, P .. 's2'), expired[i])
  else
    local mark = string.match(its_lease, '^%d+ (%d+)')
    -- Whoever held it has settled nothing.
    t.token = '0'
    open(t)
    if mark == '0' then
      t.reclaims = t.reclaims + 1
      if t.reclaims > RECLAIMS_ALONE then finish(t, FAILED, 'poison') else move(t, QUEUED, place(t)) end
    else
      record(t, '\n[' .. mark .. ',' .. NOW .. ',"lost",null,null,null,null,null,null]')
      t.failures = t.failures + 1
      if t.type == MESSAGE and t.duplicate == '0' then
        t.duplicate = 1
        move(t, RETRYING, int((now + AFTER_UNKNOWN) * TICKS))
      else
        finish(t, UNCERTAIN, 'outcome_unknown')
      end
    end
    for _, text in ipairs({ t.id, mark, record_of(t, '0') }) do lost[#lost + 1] = text end
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
close()
return { NOW, lost }
