#!lua flags=no-writes
-- One task of the account. ARGV: account, id. Answers a list of none or one.
local id = ARGV[2]
local record = shown({ id })[1] or fresh(id)
if not record or string.match(record, '^%d %d %d %d %d+ %d+ (%S+)') ~= ARGV[1] then return {} end
return { row(id, record, '') }
