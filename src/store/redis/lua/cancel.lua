#!lua flags=allow-oom
-- Cancels what has not begun. ARGV: account, id. Answers 'D'(one), the state it is in, or '' for unknown.
local t = load(ARGV[2])
if not t or open(t).a ~= ARGV[1] then return '' end
if t.s ~= SCHEDULED and t.s ~= QUEUED and t.s ~= RETRYING then return int(t.s) end
-- A newsletter mail is shown to its owner from now on, if no lease did so before.
if t.new then call('ZADD', P .. 'tasks:' .. t.a, place(t), t.id) end
finish(t, CANCELLED, 'cancelled')
close()
return 'D'
