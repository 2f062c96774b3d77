#!lua flags=allow-oom
-- Cancels what has not begun. ARGV: account, id. Answers 'D'(one), the state it is in, or '' for unknown.
local lease = call('HGET', LEASES, ARGV[2])
local t = load(ARGV[2], nil, lease)
if not t or open(t).a ~= ARGV[1] then return '' end
-- A mail in a worker's hands has not begun until it is marked; a subscription change takes effect without a mark.
local is_change = t.y == SUBSCRIBE or t.y == UNSUBSCRIBE
local is_unmarked_mail = t.s == RUNNING and not is_change and string.find(lease, '^%d+ 0 ')
if t.s ~= SCHEDULED and t.s ~= QUEUED and t.s ~= RETRYING and not is_unmarked_mail then return int(t.s) end
-- Whoever holds it has settled nothing.
if is_unmarked_mail then t.k = '0' end
-- A newsletter mail is shown to its owner from now on, if no lease did so before.
if t.new then call('ZADD', P .. 'tasks:' .. t.a, place(t), t.id) end
finish(t, CANCELLED, 'cancelled')
close()
return 'D'
