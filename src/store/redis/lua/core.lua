-- Put in front of every script, behind the numbers that both stores share (script.rs); keep it small, because every call
-- runs it again. KEYS[1] is "{namespace}:meta": it routes the call to the one slot that holds every key, and all other
-- keys are made from its front.
-- Time is the server's, plus the test clock's offset.
-- In Lua 5.1 `..` rounds numbers to 14 digits, and call() is slow to format them; int() avoids both.
local call = redis.call
local M = KEYS[1]
local P = string.sub(M, 1, -5)
local COUNT, LEASES, RECORD = P .. 'count', P .. 'leases', P .. 't:'

local function int(number)
  return string.format('%d', number)
end

local time, meta = call('TIME'), call('HMGET', M, 'clock', 'order', 'format', 'lists')
-- Tasks of another format would be taken for missing ones. Whatever has accepted anything has an order.
local FORMAT = '3'
if meta[2] and meta[3] ~= FORMAT then return redis.error_reply('FORMAT ' .. (meta[3] or '1')) end
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(meta[1] or 0)

local NOW = int(now)

-- A place in a queue and the order of acceptance are milliseconds * TICKS and a number that orders one millisecond.
local TICKS = 1024

-- The run and the sequence number of a newsletter mail; nil for a posted task.
local function issue(id)
  if string.byte(id) == 114 then return string.match(id, '^(r%w+)-(%d+)$') end
end
