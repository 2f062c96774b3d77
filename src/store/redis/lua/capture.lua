#!lua
-- Captures a mail; a second capture of a task replaces the first. ARGV: account, id, to, subject, raw.
local key, place = P .. 'mail:' .. ARGV[2], next_order()
call('HSET', key, 'a', ARGV[1], 't', ARGV[3], 's', ARGV[4], 'c', now, 'w', ARGV[5])
call('ZADD', P .. 'mails:' .. ARGV[1], place, ARGV[2])
call('ZADD', P .. 'captured', place, ARGV[2])
flush()
return 1
