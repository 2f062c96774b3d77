#!lua flags=no-writes
-- Runs. ARGV: account, then either 'one' and a run, or 'page', how many, the number it goes on after or '', and a
-- content type or ''. Answers lists of strings, newest first.
local account = ARGV[1]
local rows = {}
local function add(rid, number, only)
  local f = call('HMGET', P .. 'run:' .. rid, 'a', 'k', 'f', 'p', 'dn', 'c', 'n', '4', '5', '6', '7', '8')
  if f[1] ~= account or (only ~= '' and f[2] ~= only) then return end
  local list = { rid, number, f[2], f[3], f[4], f[5] or '0', f[6] }
  for i = 7, 12 do list[#list + 1] = f[i] or '0' end
  rows[#rows + 1] = list
end

if ARGV[2] == 'one' then
  add(ARGV[3], '', '')
  return rows
end
local wanted, at = tonumber(ARGV[3]), 0
local from = ARGV[4] == '' and '+inf' or '(' .. ARGV[4]
repeat
  local found = call('ZREVRANGEBYSCORE', P .. 'runs:' .. account, from, '-inf', 'WITHSCORES', 'LIMIT', at, 100)
  for i = 1, #found, 2 do
    if #rows < wanted then add(found[i], found[i + 1], ARGV[5]) end
  end
  at = at + 100
until #found < 200 or #rows >= wanted
return rows
