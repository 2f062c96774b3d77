#!lua flags=no-writes
-- The mails of a run that ended without success, by sequence. ARGV: account, run, how many, the number it goes on after
-- or ''. Answers rows as show.lua, the sequence number first.
local rows = {}
if call('HGET', P .. 'run:' .. ARGV[2], 'a') ~= ARGV[1] then return rows end
local from = ARGV[4] == '' and '-inf' or '(' .. ARGV[4]
local found = call('ZRANGEBYSCORE', P .. 'lost:' .. ARGV[2], from, '+inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[3]))
local ids = {}
for i = 1, #found, 2 do ids[#ids + 1] = found[i] end
for i, record in ipairs(records_of(ids)) do
  if record then rows[#rows + 1] = row(ids[i], record, found[2 * i]) end
end
return rows
