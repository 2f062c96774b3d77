#!lua
-- Puts `failed` or `uncertain` back, as fresh as on its first day. ARGV: account, id. Answers as cancel.lua.
local t = load(ARGV[2])
if not t or t.a ~= ARGV[1] then return '' end
if t.s ~= FAILED and t.s ~= UNCERTAIN then return int(t.s) end
-- What may have arrived may now arrive twice.
if t.s == UNCERTAIN then put(t, 'p', 1) end
t.d, t.b = int(now), 0
put(t, 'd', t.d)
for _, field in ipairs({ 'u', 'f', 'b' }) do put(t, field, 0) end
for _, field in ipairs({ 'q', 'z' }) do put(t, field, '') end
move(t, QUEUED, place(t))
close()
wake()
return 'D'
