-- Put after core.lua and issues.lua in most scripts.

-- The order of acceptance: now, or one more than the last.
local order
local function next_order()
  order = math.max((order or tonumber(meta[2] or 0)) + 1, now * TICKS)
  return order
end

-- Counters are gathered here and written by flush(), the last act of every script that builds on this and changes any.
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
  return RECORD .. id
end

local function records_of(ids)
  if #ids == 0 then return {} end
  local keys = {}
  for i, id in ipairs(ids) do keys[i] = key_of(id) end
  return call('MGET', unpack(keys))
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
