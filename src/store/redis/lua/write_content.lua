#!lua
-- Creates or replaces a content type. ARGV: create or update, account, name, subject, content.
-- Answers 1, or 0: taken (create), unknown (update).
local key = P .. 'content:' .. ARGV[2] .. ' ' .. ARGV[3]
local create = ARGV[1] == 'create'
if (call('EXISTS', key) == 1) == create then return 0 end
call('HSET', key, 's', ARGV[4], 'c', ARGV[5], 'u', now)
if create then
  call('HSET', key, 'a', now)
  call('ZADD', P .. 'contents:' .. ARGV[2], 0, ARGV[3])
end
return 1
