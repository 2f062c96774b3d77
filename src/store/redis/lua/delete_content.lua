#!lua flags=allow-oom
-- Deletes a content type and its subscriptions. ARGV: account, name, force. Answers D(one), I(n use), U(nknown).
-- The subscriptions end as the newest change: their order is kept as one floor, not per subscriber.
local name = ARGV[1] .. ' ' .. ARGV[2]
if call('EXISTS', P .. 'content:' .. name) == 0 then return 'U' end
if ARGV[3] ~= '1' and call('EXISTS', P .. 'names:' .. name) == 1 then return 'I' end
call('HSET', P .. 'floors', name, next_order())
call('UNLINK', P .. 'content:' .. name, P .. 'subs:' .. name, P .. 'names:' .. name)
for frequency = 0, 3 do call('UNLINK', P .. 'seq:' .. frequency .. ' ' .. name) end
call('ZREM', P .. 'contents:' .. ARGV[1], ARGV[2])
flush()
return 'D'
