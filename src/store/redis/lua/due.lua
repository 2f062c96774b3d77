#!lua flags=no-writes
-- The next moment at which something falls due by itself; '' when nothing does.
local next = next_due()
return next and int(next) or ''
