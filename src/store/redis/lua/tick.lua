#!lua
-- Deals with one period of a series. ARGV: account, content type, frequency, last period or '', period, send, missed.
-- Answers F(uture), T(aken), P(assed), or the run's number. Compare and set: of many schedulers one gets a run.
local account, content, frequency = ARGV[1], ARGV[2], ARGV[3]
local last, period = ARGV[4], tonumber(ARGV[5])
local name = account .. ' ' .. content
local series = frequency .. ' ' .. name
local members = P .. 'seq:' .. series
if period > now then return 'F' end
if last ~= '' and period <= tonumber(last) then return 'T' end
local known = call('HGET', P .. 'series', series)
if not known or call('EXISTS', members) == 0 then return 'T' end
local dealt, since = string.match(known, '^(%-?%d*)|(%d+)$')
local body = call('HMGET', P .. 'content:' .. name, 's', 'c')
if dealt ~= last or not body[1] then return 'T' end
call('HSET', P .. 'series', series, ARGV[5] .. '|' .. since)
count(COUNT, 'missed', tonumber(ARGV[7]))

-- Who was accepted in the period, or after it, starts with the next. The first in the sequence nearly always tells.
local function someone()
  local at = 0
  while true do
    local emails = call('ZRANGE', members, at, at + 999)
    if #emails == 0 then return false end
    for _, held in ipairs(call('HMGET', P .. 'subs:' .. name, unpack(emails))) do
      local accepted = held and string.match(held, '^%d|%d+|%d+|(%d+)|')
      if accepted and tonumber(accepted) < period then return true end
    end
    at = at + 1000
  end
end

if ARGV[6] ~= '1' or not someone() then
  flush()
  return 'P'
end
local number = math.max(tonumber(call('HGET', M, 'run') or 0) + 1, math.floor(now / 1000))
call('HSET', M, 'run', number)
-- The run's id: 'r' and base 36.
local digits, rest = '', number
repeat
  local digit = rest % 36
  digits = string.sub('0123456789abcdefghijklmnopqrstuvwxyz', digit + 1, digit + 1) .. digits
  rest = math.floor(rest / 36)
until rest == 0
local rid = 'r' .. digits
call('HSET', P .. 'run:' .. rid, 'a', account, 'k', content, 'f', frequency, 'p', period, 'c', now, 'up',
  call('HGET', M, 'seq') or 0, 'cu', 0, 'su', body[1], 'co', body[2], 'n', 0)
call('ZADD', P .. 'runs:' .. account, number, rid)
call('ZADD', P .. 'runs', now, rid)
call('ZADD', P .. 'open', number, rid)
flush()
return int(number)
