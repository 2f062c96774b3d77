-- Put after core.lua, in front of what begin.lua builds on: most mails need nothing of that, and a call in which none does
-- ends here. Marks what needs no look at lists and subscriptions; `asked` are the places of the others.
local ids, answers, marked, late, asked = {}, {}, {}, {}, {}
for i = 1, #ARGV / 2 - 1 do ids[i] = ARGV[2 * i + 1] end
local leases = call('HMGET', LEASES, unpack(ids))

if now >= tonumber(ARGV[1]) then
  for not_after in string.gmatch(ARGV[2], '%d+') do late[#late + 1] = now >= tonumber(not_after) end
end

-- What was leased together has equal leases: each is read once.
local read = {}
for i, id in ipairs(ids) do
  local text = leases[i] or '0 0 0'
  local lease = read[text]
  if not lease then
    local token, ends = string.match(text, '^(%d+) %d+ (%d+)$')
    lease = { token = token, holds = tonumber(ends) > now, marked = token .. ' ' .. NOW .. ' ' .. ends }
    read[text] = lease
  end
  if lease.token ~= ARGV[2 * i + 2] or not lease.holds then
    answers[i] = 1
  elseif late[i] then
    answers[i] = 2
  elseif meta[4] or issue(id) then
    asked[#asked + 1] = i
  else
    answers[i] = 0
    marked[#marked + 1] = id
    marked[#marked + 1] = lease.marked
  end
end
if #marked > 0 then call('HSET', LEASES, unpack(marked)) end
if #asked == 0 then return answers end
