#!lua flags=allow-oom
-- ARGV: account. Answers 1, or 0 when there was none.
call('HDEL', P .. 'account', ARGV[1])
call('ZREM', P .. 'accounts', ARGV[1])
return call('HDEL', P .. 'jti', ARGV[1])
