#!lua flags=allow-oom
-- ARGV: account, address key. Answers 1, or 0 when there was none.
call('ZREM', P .. 'sups:' .. ARGV[1], ARGV[2])
return call('HDEL', P .. 'sup:' .. ARGV[1], ARGV[2])
