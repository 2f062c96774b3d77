#!lua flags=no-writes
-- The newest code while it is neither used nor expired. ARGV: key. Answers task and length, or an empty list.
local f = call('HMGET', P .. 'code:' .. ARGV[1], 't', 'l', 'u', 'x')
if not f[1] or f[3] == '1' or now >= tonumber(f[4]) then return {} end
return { f[1], f[2] }
