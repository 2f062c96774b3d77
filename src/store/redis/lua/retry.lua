#!lua
-- Puts `failed` or `uncertain` back, as fresh as on its first day. ARGV: account, id. Answers as cancel.lua.
local t = load(ARGV[2])
if not t or open(t).account ~= ARGV[1] then return '' end
if t.state ~= FAILED and t.state ~= UNCERTAIN then return int(t.state) end
-- What may have arrived may now arrive twice.
if t.state == UNCERTAIN then t.duplicate = 1 end
t.due, t.reclaims, t.tries, t.failures, t.reason = NOW, 0, 0, 0, '-'
move(t, QUEUED, place(t))
close()
wake()
return 'D'
