#!lua flags=no-writes
-- Every series with a subscriber: lists of "frequency account name" and "last period|since".
local rows = {}
local all = call('HGETALL', P .. 'series')
for i = 1, #all, 2 do
  if call('EXISTS', P .. 'seq:' .. all[i]) == 1 then rows[#rows + 1] = { all[i], all[i + 1] } end
end
return rows
