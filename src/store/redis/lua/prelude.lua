-- Put in front of every script (script.rs). KEYS[1] is "{namespace}:meta": it routes the call to the one slot that
-- holds every key, and all other keys are made from its front. Time is the server's, plus the test clock's offset.
-- `..` cuts numbers to 14 digits in Lua 5.1, and call() takes its time to format them; int() does neither.
local call = redis.call
local M = KEYS[1]
local P = string.sub(M, 1, -5)
local COUNT, LEASES = P .. 'count', P .. 'leases'

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

-- The order of acceptance: now, or one more than the last.
local order
local function next_order()
  order = math.max((order or tonumber(meta[2] or 0)) + 1, now * TICKS)
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
  if order then call('HSET', M, 'order', int(order), 'format', FORMAT) end
end

-- The keys of tasks' records, and the records themselves: false where there is none.
local function key_of(id)
  return P .. 't:' .. id
end

local function records_of(ids)
  if #ids == 0 then return {} end
  local keys = {}
  for i, id in ipairs(ids) do keys[i] = key_of(id) end
  return call('MGET', unpack(keys))
end

-- The run and the sequence number of a newsletter mail; nil for a posted task.
local function issue(id)
  if string.byte(id) == 114 then return string.match(id, '^(r%w+)-(%d+)$') end
end

-- A run's account and content type, empty when it is gone.
local runs = {}
local function run_of(rid)
  local run = runs[rid]
  if not run then
    local f = call('HMGET', P .. 'run:' .. rid, 'a', 'k')
    run = { a = f[1] or '', k = f[2] or '' }
    runs[rid] = run
  end
  return run
end

-- A newsletter mail that waits for its first lease has no record: its recipient lies with WAITING others of its run in
-- one small hash, by sequence. That is a few hundred bytes a mail less.
local WAITING, ISSUE_RETRIES = 64, 5
local function waiting_of(rid, seq)
  return P .. 'wait:' .. rid .. ' ' .. math.floor(seq / WAITING)
end

-- The record it will have; nil when there is no such mail.
local function fresh(id)
  local rid, seq = issue(id)
  local recipient = rid and call('HGET', waiting_of(rid, seq), seq)
  if not recipient then return nil end
  local run = run_of(rid)
  local due = int(tonumber(call('ZSCORE', P .. 'q2', id) or now * TICKS) / TICKS)
  return '1 0 4 2 0 0 ' .. run.a .. ' ' .. recipient .. ' - 0 0 0 ' .. ISSUE_RETRIES .. ' ' .. due .. ' ' .. due .. ' '
    .. seq .. ' 0\n' .. run.k .. '\n'
end

-- A hint to every process; who misses it polls.
local function wake()
  call('PUBLISH', P .. 'wake', '')
end

-- Most accounts have no list, and many installations none at all.
local HAS_LISTS, has_list = meta[4], {}
local function is_suppressed(account, address)
  if not HAS_LISTS then return false end
  local has = has_list[account]
  if has == nil then
    has = call('EXISTS', P .. 'sup:' .. account) == 1
    has_list[account] = has
  end
  return has and call('HEXISTS', P .. 'sup:' .. account, string.lower(address)) == 1
end

local function suppress(account, email, reason)
  local before = call('HGET', P .. 'sup:' .. account, email)
  local since = before and string.match(before, '^%d+') or NOW
  call('HSET', P .. 'sup:' .. account, email, since .. ' ' .. reason)
  call('ZADD', P .. 'sups:' .. account, 0, email)
  call('HSET', M, 'lists', 1)
  return since
end
