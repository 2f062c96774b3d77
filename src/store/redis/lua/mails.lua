#!lua flags=no-writes
-- Captured mails of an account, newest first, without their bytes. ARGV: account, how many, the order it goes on after
-- or ''. Answers lists of order, id, to, subject, created.
local from = ARGV[3] == '' and '+inf' or '(' .. ARGV[3]
local rows = {}
local found = call('ZREVRANGEBYSCORE', P .. 'mails:' .. ARGV[1], from, '-inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[2]))
for i = 1, #found, 2 do
  local f = call('HMGET', P .. 'mail:' .. found[i], 't', 's', 'c')
  rows[#rows + 1] = { found[i + 1], found[i], f[1] or '', f[2] or '', f[3] or '0' }
end
return rows
