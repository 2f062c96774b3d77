#!lua flags=allow-oom
-- Ends attempts. ARGV per settlement: id, token, verdict, after ms or reason, flags, outcome, attempt, words for a
-- suppression. Verdicts: S(ucceeded) R(etry) F(ailed) K (skipped) U(ncertain) L (released); flags: b(urns a try),
-- d(uplicate possible), s(uppress). Answers 1 done, 0 stale.
-- A token is refused unless it holds the task; but a success always counts, and a token settles once: field `v`.
local answers, released = {}, false

local function settle(at)
  local t = load(ARGV[at])
  if not t then return 0 end
  local token, verdict, flags = tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 4]
  if t.s ~= RUNNING or t.k ~= token then
    -- The mail is out: whatever was thought of the task meanwhile, it succeeded.
    if verdict ~= 'S' then return t.v == token and 1 or 0 end
    if t.s == SUCCEEDED then return 1 end
  end
  t.v = token
  put(t, 'v', token)
  if ARGV[at + 5] ~= '' then record(t, ARGV[at + 5], ARGV[at + 6]) end
  if verdict == 'S' then
    finish(t, SUCCEEDED)
  elseif verdict == 'R' then
    if string.find(flags, 'b', 1, true) then put(t, 'u', t.u + 1) end
    if string.find(flags, 'd', 1, true) then put(t, 'p', 1) end
    put(t, 'f', t.f + 1)
    move(t, RETRYING, now + tonumber(ARGV[at + 3]))
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

for at = 1, #ARGV, 8 do answers[#answers + 1] = settle(at) end
flush()
if released then wake() end
return answers
