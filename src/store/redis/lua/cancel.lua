#!lua flags=allow-oom
-- Cancels what has not begun. ARGV: account, id. Answers 'D'(one), the state it is in, or '' for unknown.
local lease = call('HGET', LEASES, ARGV[2])
local t = load(ARGV[2], nil, lease)
if not t or open(t).account ~= ARGV[1] then return '' end
-- A mail in a worker's hands has not begun until it is marked; a subscription change takes effect without a mark.
local is_change = t.type == SUBSCRIBE or t.type == UNSUBSCRIBE
local is_unmarked_mail = t.state == RUNNING and not is_change and string.find(lease, '^%d+ 0 ')
local waits = t.state == SCHEDULED or t.state == QUEUED or t.state == RETRYING
if not waits and not is_unmarked_mail then return int(t.state) end
-- Whoever holds it has settled nothing.
if is_unmarked_mail then t.token = '0' end
-- A newsletter mail is shown to its owner from now on, if no lease did so before.
if t.new then call('ZADD', P .. 'tasks:' .. t.account, place(t), t.id) end
finish(t, CANCELLED, 'cancelled')
close()
return 'D'
