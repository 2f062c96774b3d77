#!lua flags=no-writes
-- The mails of a run that ended without success, by sequence. ARGV: account, run, how many, the number it goes on after
-- or ''. Answers rows as show.lua, the sequence number first.
local rows = {}
if call('HGET', P .. 'run:' .. ARGV[2], 'a') ~= ARGV[1] then return rows end
local from = ARGV[4] == '' and '-inf' or '(' .. ARGV[4]
local found = call('ZRANGEBYSCORE', P .. 'lost:' .. ARGV[2], from, '+inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[3]))
for i = 1, #found, 2 do
  local t = shown(found[i])
  if t then rows[#rows + 1] = row(t, found[i + 1]) end
end
return rows
