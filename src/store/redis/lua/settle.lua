#!lua flags=allow-oom
-- Ends attempts. ARGV per settlement: id, token, verdict, attempt (a line break before it) or ''. A verdict is one of
--   S(ucceeded) · R(etry) after-ms flags · F(ailed) reason, or 'F reason why' to suppress the recipient · K (skipped)
--   reason · U(ncertain) · L (released)
-- with the flags b(urns a try), d(uplicate possible), - (neither). Answers 1 done, 0 stale.
-- Most are successes of a record that the caller has from its lease, and nobody changes while that is held: D(elivered)
-- token type outcome, and instead of the attempt the whole record as it is now, the attempt last.
-- A token is refused unless it holds the task; but a success always counts, and a token settles once: whoever comes again
-- is known by the token, which a task keeps until the next settlement or a reclaim.
local released = false

local function settle(id, lease, token, verdict, attempt)
  local kind = string.sub(verdict, 1, 1)
  -- A second time in this call: what was read of it is old.
  if seen[id] then
    write_sets()
    lease = nil
  end
  seen[id] = true
  if kind == 'D' then kind, attempt = 'S', string.match(attempt, '\n[^\n]*$') end
  local t = load(id, nil, lease)
  if not t then return 0 end
  if t.state ~= RUNNING or t.token ~= token then
    -- The mail is out: whatever was thought of the task meanwhile, it succeeded.
    if kind ~= 'S' then return t.state ~= RUNNING and t.token == token and 1 or 0 end
    if t.state == SUCCEEDED then return 1 end
    t.token = token
  end
  record(t, attempt)
  local value, more = string.match(verdict, '^. ?(%S*) ?(.*)$')
  if kind == 'S' then
    finish(t, SUCCEEDED)
  elseif kind == 'R' then
    open(t)
    if string.find(more, 'b', 1, true) then t.tries = t.tries + 1 end
    if string.find(more, 'd', 1, true) then t.duplicate = 1 end
    t.failures = t.failures + 1
    move(t, RETRYING, int((now + tonumber(value)) * TICKS))
  elseif kind == 'F' then
    open(t)
    if more ~= '' then suppress(t.account, string.lower(t.recipient), more) end
    finish(t, FAILED, value)
  elseif kind == 'K' then
    finish(t, SKIPPED, value)
  elseif kind == 'U' then
    finish(t, UNCERTAIN, 'outcome_unknown')
  else
    released = true
    move(t, QUEUED, place(t))
  end
  return 1
end

for _, i in ipairs(others) do
  local at = 4 * i - 3
  answers[i] = settle(ids[i], leases[i], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
end
close()
if released then wake() end
return answers
