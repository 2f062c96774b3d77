#!lua flags=no-writes
-- A page of a list ordered by name. ARGV: index, how many, the name it goes on after ('' from the top), then either
-- 'hash' and a hash's name (value: its field of that name) or 'each' and a prefix (values: fields s, c, a, u of each).
-- Answers lists of the name and its values.
local from = ARGV[3] == '' and '-' or '(' .. ARGV[3]
local rows = {}
for i, name in ipairs(call('ZRANGEBYLEX', P .. ARGV[1], from, '+', 'LIMIT', 0, tonumber(ARGV[2]))) do
  if ARGV[4] == 'hash' then
    rows[i] = { name, call('HGET', P .. ARGV[5], name) or '' }
  else
    local f = call('HMGET', P .. ARGV[5] .. name, 's', 'c', 'a', 'u')
    rows[i] = { name, f[1] or '', f[2] or '', f[3] or '0', f[4] or '0' }
  end
end
return rows
