-- Put in front of every script (script.rs). KEYS[1] is "{namespace}:meta": it routes the call to the one slot that
-- holds every key, and all other keys are made from its front. Time is the server's, plus the test clock's offset.
-- `..` cuts numbers to 14 digits in Lua 5.1; int() does not.
local call = redis.call
local M = KEYS[1]
local P = string.sub(M, 1, -5)
local COUNT = P .. 'count'

local function int(number)
  return string.format('%.0f', number)
end

local time = call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(call('HGET', M, 'clock') or 0)

-- The order of acceptance: milliseconds * 1024, or one more than the last. It orders a queue within one millisecond.
local order
local function next_order()
  order = math.max((order or tonumber(call('HGET', M, 'order') or 0)) + 1, now * 1024)
  return order
end

-- Counters are gathered here and written by flush(), the last act of every script that changes any.
local deltas = {}
local function count(key, field, by)
  local fields = deltas[key]
  if not fields then
    fields = {}
    deltas[key] = fields
  end
  fields[field] = (fields[field] or 0) + by
end

local function flush()
  for key, fields in pairs(deltas) do
    for field, by in pairs(fields) do
      if by ~= 0 then call('HINCRBY', key, field, by) end
    end
  end
  if order then call('HSET', M, 'order', order) end
end

-- A newsletter mail that waits for its first lease has no hash of its own: its recipient lies with WAITING others of its
-- run in one small hash, by sequence. That is a hundred bytes a mail less.
local WAITING = 64
local function waiting_of(rid, seq)
  return P .. 'wait:' .. rid .. ' ' .. math.floor(seq / WAITING)
end

-- A hint to every process; who misses it polls.
local function wake()
  call('PUBLISH', P .. 'wake', '')
end

local function suppress(account, email, reason)
  local before = call('HGET', P .. 'sup:' .. account, email)
  local since = before and string.match(before, '^%d+') or int(now)
  call('HSET', P .. 'sup:' .. account, email, since .. ' ' .. reason)
  call('ZADD', P .. 'sups:' .. account, 0, email)
  return since
end
