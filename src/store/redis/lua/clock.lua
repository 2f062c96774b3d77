#!lua
-- The store's clock, moved on by ARGV[1] ms first.
local by = tonumber(ARGV[1])
if by > 0 then
  call('HINCRBY', M, 'clock', by)
  wake()
end
return int(now + by)
