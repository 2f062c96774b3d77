#!lua flags=no-writes
-- The account's tasks, newest first. ARGV: account, how many, place (score and id, or two empty texts), state, type,
-- recipient, tag. Looks at no more than TASKS_PER_CALL. Answers where it stopped ('' at the end), then the rows that fit.
local TASKS_PER_CALL, CHUNK = 2000, 100
local key, wanted = P .. 'tasks:' .. ARGV[1], tonumber(ARGV[2])
local state, kind, recipient, tag = ARGV[5], ARGV[6], ARGV[7], ARGV[8]

-- How many tasks come before and at the place; the task itself may be gone by now.
local function rank_after(score, id)
  local rank = call('ZREVRANK', key, id)
  if rank then return rank + 1 end
  local low, high = 0, call('ZCARD', key)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local entry = call('ZREVRANGE', key, middle, middle, 'WITHSCORES')
    local at = tonumber(entry[2])
    if at > score or (at == score and entry[1] > id) then low = middle + 1 else high = middle end
  end
  return low
end

local function fits(record)
  local is, of, to, labels =
    string.match(record, '^(%d) %d (%d) %d %d+ %d+ %S+ (%S+) [^\n]*\n[^\n]*\n([^\n]*)')
  return (state == '' or is == state) and (kind == '' or of == kind)
    and (recipient == '' or string.lower(to) == recipient)
    and (tag == '' or string.find(' ' .. labels .. ' ', ' ' .. tag .. ' ', 1, true))
end

local rank = ARGV[4] == '' and 0 or rank_after(tonumber(ARGV[3]), ARGV[4])
local stopped, rows = '', {}
for chunk = 1, TASKS_PER_CALL / CHUNK do
  local found, ids = call('ZREVRANGE', key, rank, rank + CHUNK - 1, 'WITHSCORES'), {}
  for i = 1, #found, 2 do ids[#ids + 1] = found[i] end
  for i, record in ipairs(shown(ids)) do
    local place = found[2 * i] .. ' ' .. ids[i]
    if record and fits(record) then
      rows[#rows + 1] = row(ids[i], record, place)
      if #rows == wanted then return { place, rows } end
    end
    stopped = place
  end
  if #ids < CHUNK then return { '', rows } end
  rank = rank + CHUNK
end
return { stopped, rows }
