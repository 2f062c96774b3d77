#!lua
-- Puts `failed` or `uncertain` back, as fresh as on its first day. ARGV: account, id. Answers as cancel.lua.
local t = load(ARGV[2])
if not t or open(t).a ~= ARGV[1] then return '' end
if t.s ~= FAILED and t.s ~= UNCERTAIN then return int(t.s) end
-- What may have arrived may now arrive twice.
if t.s == UNCERTAIN then t.p = 1 end
t.d, t.b, t.u, t.f, t.q = NOW, 0, 0, 0, '-'
move(t, QUEUED, place(t))
close()
wake()
return 'D'
