#!lua flags=allow-oom
-- Ends attempts. ARGV per settlement: id, token, verdict, after ms or reason, flags, outcome, attempt, words for a
-- suppression. Verdicts: S(ucceeded) R(etry) F(ailed) K (skipped) U(ncertain) L (released); flags: b(urns a try),
-- d(uplicate possible), s(uppress). Answers 1 done, 0 stale.
-- A token is refused unless it holds the task; but a success always counts, and a token settles once: field `v`.
local answers, released, seen = {}, false, {}

local ids = {}
for at = 1, #ARGV, 8 do ids[#ids + 1] = ARGV[at] end
local held = values(HELD, ids)

-- What a success by its holder needs of a task: `held` tells it all.
local function light(id, kind, attempts, account)
  local t = { id = id, key = P .. 't:' .. id, s = RUNNING, y = kind, N = attempts, a = account, set = {} }
  t.rid, t.seq = issue(id)
  return t
end

local function settle(at, held)
  local id, token, verdict, flags = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 4]
  -- A second time in this call: what was read of it is old.
  if seen[id] then
    write_sets()
    held = call('HGET', HELD, id)
  end
  seen[id] = true
  local holder, kind, attempts, _, account = holding(held or '')
  local t
  if holder == token and verdict == 'S' then
    t = light(id, kind, attempts, account)
  else
    t = load(id, held)
    if not t then return 0 end
    if holder ~= token then
      -- The mail is out: whatever was thought of the task meanwhile, it succeeded.
      if verdict ~= 'S' then return t.v == token and 1 or 0 end
      if t.s == SUCCEEDED then return 1 end
    end
  end
  put(t, 'v', token)
  if ARGV[at + 5] ~= '' then record(t, ARGV[at + 5], ARGV[at + 6]) end
  if verdict == 'S' then
    finish(t, SUCCEEDED)
  elseif verdict == 'R' then
    if string.find(flags, 'b', 1, true) then put(t, 'u', t.u + 1) end
    if string.find(flags, 'd', 1, true) then put(t, 'p', 1) end
    put(t, 'f', t.f + 1)
    move(t, RETRYING, int((now + tonumber(ARGV[at + 3])) * TICKS))
  elseif verdict == 'F' then
    if string.find(flags, 's', 1, true) then suppress(t.a, string.lower(t.r), ARGV[at + 7]) end
    finish(t, FAILED, ARGV[at + 3])
  elseif verdict == 'K' then
    finish(t, SKIPPED, ARGV[at + 3])
  elseif verdict == 'U' then
    finish(t, UNCERTAIN, 'outcome_unknown')
  else
    released = true
    move(t, QUEUED, place(t))
  end
  return 1
end

for i = 1, #ids do answers[i] = settle(8 * i - 7, held[i]) end
close()
if released then wake() end
return answers
