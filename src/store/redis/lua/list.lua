#!lua flags=no-writes
-- The account's tasks, newest first. ARGV: account, how many, place (score and id, or two empty texts), state, type,
-- recipient, tag. Looks at no more than LOOK tasks. Answers where it stopped ('' at the end), then the rows that fit.
local LOOK, CHUNK = 2000, 100
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

local rank = ARGV[4] == '' and 0 or rank_after(tonumber(ARGV[3]), ARGV[4])
local stopped, rows = '', {}
for chunk = 1, LOOK / CHUNK do
  local ids = call('ZREVRANGE', key, rank, rank + CHUNK - 1, 'WITHSCORES')
  for i = 1, #ids, 2 do
    local t = shown(ids[i])
    local place = ids[i + 1] .. ' ' .. ids[i]
    if t and (state == '' or tostring(t.s) == state) and (kind == '' or t.y == kind)
      and (recipient == '' or string.lower(t.r) == recipient)
      and (tag == '' or string.find(' ' .. t.g .. ' ', ' ' .. tag .. ' ', 1, true)) then
      rows[#rows + 1] = row(t, place)
      if #rows == wanted then return { place, rows } end
    end
    stopped = place
  end
  if #ids < 2 * CHUNK then return { '', rows } end
  rank = rank + CHUNK
end
return { stopped, rows }
