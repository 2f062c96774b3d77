#!lua flags=no-writes
-- Subscriptions in force, by content type and recipient. ARGV: account, how many, content type or '', recipient or '',
-- and the content type and recipient it goes on after. Answers lists of content type, address key, packed subscription.
local account, wanted, only, email, after, last = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local rows = {}

local function look(content)
  local name = account .. ' ' .. content
  local emails
  if email ~= '' then
    emails = (content ~= after or email > last) and { email } or {}
  else
    local from = content == after and '(' .. last or '-'
    emails = call('ZRANGEBYLEX', P .. 'names:' .. name, from, '+', 'LIMIT', 0, wanted - #rows)
  end
  if #emails == 0 then return end
  for i, held in ipairs(call('HMGET', P .. 'subs:' .. name, unpack(emails))) do
    if held and string.sub(held, 1, 1) ~= '|' then rows[#rows + 1] = { content, emails[i], held } end
  end
end

if only ~= '' then
  if only >= after then look(only) end
  return rows
end
local from = after == '' and '-' or '[' .. after
repeat
  local contents = call('ZRANGEBYLEX', P .. 'contents:' .. account, from, '+', 'LIMIT', 0, 100)
  for _, content in ipairs(contents) do
    if #rows < wanted then look(content) end
  end
  from = '(' .. (contents[#contents] or '')
until #contents < 100 or #rows >= wanted
return rows
