#!lua flags=allow-oom
-- Applies a subscription change. ARGV: account, content type, address key, address, frequency ('' ends it), order ('' is
-- the newest), accepted at ('' is now). Answers D(one), S(uperseded), U(nknown content type).
-- A subscription is "frequency|seq|order|accepted|address" in one hash per content type; an ended one keeps its order,
-- or a change accepted earlier would undo the end.
local name, email = ARGV[1] .. ' ' .. ARGV[2], ARGV[3]
local frequency = ARGV[5]
if call('EXISTS', P .. 'content:' .. name) == 0 then return 'U' end
local subs = P .. 'subs:' .. name
local held = call('HGET', subs, email)
local was, seq, last, since, address = string.match(held or '||0|0|', '^(%d?)|(%d*)|(%d+)|(%d+)|(.*)$')
last = tonumber(last)
local deletion = tonumber(call('HGET', P .. 'floors', name) or 0)
local place = ARGV[6] == '' and math.max(next_order(), last, deletion) or tonumber(ARGV[6])
local accepted = ARGV[7] == '' and now or tonumber(ARGV[7])
-- It was accepted for another of that name.
if place < deletion then return 'U' end
if place < last then return 'S' end
if held and place == last and ARGV[6] ~= '' then return 'D' end

local function keep(...)
  call('HSET', subs, email, table.concat({ ... }, '|'))
end

if frequency ~= '' and frequency == was then
  keep(was, seq, int(place), since, address)
else
  if was ~= '' then
    call('ZREM', P .. 'seq:' .. was .. ' ' .. name, email)
    if frequency == '' then call('ZREM', P .. 'names:' .. name, email) end
  end
  if frequency == '' then
    keep('', '', int(place), int(accepted), '')
  else
    local series = frequency .. ' ' .. name
    local known = call('HGET', P .. 'series', series)
    -- The first subscriber after none moves `since`: before it there is nothing to catch up.
    if not known or call('EXISTS', P .. 'seq:' .. series) == 0 then
      local period = known and string.match(known, '^(%-?%d*)|') or ''
      call('HSET', P .. 'series', series, period .. '|' .. int(accepted))
    end
    local number = call('HINCRBY', M, 'seq', 1)
    call('ZADD', P .. 'seq:' .. series, number, email)
    call('ZADD', P .. 'names:' .. name, 0, email)
    keep(frequency, int(number), int(place), int(accepted), ARGV[4])
  end
end
flush()
return 'D'
