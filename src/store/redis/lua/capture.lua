#!lua
-- Captures a mail; a second capture of a task replaces the first. ARGV: account, id, to, subject, raw.
local key = P .. 'mail:' .. ARGV[2]
call('HSET', key, 'a', ARGV[1], 't', ARGV[3], 's', ARGV[4], 'c', now, 'w', ARGV[5])
call('ZADD', P .. 'mails:' .. ARGV[1], next_order(), ARGV[2])
call('ZADD', P .. 'captured', now, ARGV[2])
flush()
return 1
