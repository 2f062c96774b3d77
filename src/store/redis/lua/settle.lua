#!lua flags=allow-oom
-- Ends attempts. ARGV per settlement: id, token, verdict, attempt (a line break before it) or ''. A verdict is one of
--   S(ucceeded) · R(etry) after-ms flags · F(ailed) reason, or 'F reason why' to suppress the recipient · K (skipped)
--   reason · U(ncertain) · L (released)
-- with the flags b(urns a try), d(uplicate possible), - (neither). Answers 1 done, 0 stale.
-- A token is refused unless it holds the task; but a success always counts, and a token settles once: whoever comes again
-- is known by the token, which a task keeps until the next settlement or a reclaim.
local answers, released, seen = {}, false, {}

local ids = {}
for at = 1, #ARGV, 4 do ids[#ids + 1] = ARGV[at] end
local records, leases = records_of(ids), call('HMGET', LEASES, unpack(ids))

-- The success of a mail under its own lease: what finish() makes of it, by the record's text, for most ends are such.
local function succeed(id, record, token, attempt)
  gather(leaving, set_of(RUNNING), id)
  gather(entering, set_of(SUCCEEDED), NOW, id)
  local rest = string.sub(record, string.match(record, '^%d+ %d+()', 9))
  write(key_of(id), SUCCEEDED .. string.sub(record, 2, 8) .. token .. ' ' .. NOW .. rest .. attempt)
  count(COUNT, 'e' .. string.sub(record, 5, 5) .. SUCCEEDED, 1)
  count_attempt(attempt)
  local rid = issue(id)
  if rid then count(P .. 'run:' .. rid, SUCCEEDED, 1) else done[#done + 1] = P .. 'w:' .. id end
  return 1
end

local function settle(at, before, lease)
  local id, token, verdict = ARGV[at], ARGV[at + 1], string.sub(ARGV[at + 2], 1, 1)
  -- A second time in this call: what was read of it is old.
  if seen[id] then
    write_sets()
    before, lease = nil, nil
  end
  seen[id] = true
  local attempt = ARGV[at + 3]
  if verdict == 'S' and before and lease and string.match(lease, '^%d+') == token then
    return succeed(id, before, token, attempt)
  end
  local t = load(id, before, lease)
  if not t then return 0 end
  if t.s ~= RUNNING or t.k ~= token then
    -- The mail is out: whatever was thought of the task meanwhile, it succeeded.
    if verdict ~= 'S' then return t.s ~= RUNNING and t.k == token and 1 or 0 end
    if t.s == SUCCEEDED then return 1 end
    t.k = token
  end
  record(t, attempt)
  if verdict == 'S' then
    finish(t, SUCCEEDED)
    return 1
  end
  local value, more = string.match(ARGV[at + 2], '^. ?(%S*) ?(.*)$')
  if verdict == 'R' then
    open(t)
    if string.find(more, 'b', 1, true) then t.u = t.u + 1 end
    if string.find(more, 'd', 1, true) then t.p = 1 end
    t.f = t.f + 1
    move(t, RETRYING, int((now + tonumber(value)) * TICKS))
  elseif verdict == 'F' then
    open(t)
    if more ~= '' then suppress(t.a, string.lower(t.r), more) end
    finish(t, FAILED, value)
  elseif verdict == 'K' then
    finish(t, SKIPPED, value)
  elseif verdict == 'U' then
    finish(t, UNCERTAIN, 'outcome_unknown')
  else
    released = true
    move(t, QUEUED, place(t))
  end
  return 1
end

for i = 1, #ids do answers[i] = settle(4 * i - 3, records[i], leases[i]) end
close()
if released then wake() end
return answers
