#!lua
-- ARGV: account, jti. Answers 1, or 0 when the id is taken.
if call('HSETNX', P .. 'jti', ARGV[1], ARGV[2]) == 0 then return 0 end
call('HSET', P .. 'account', ARGV[1], now)
call('ZADD', P .. 'accounts', 0, ARGV[1])
return 1
