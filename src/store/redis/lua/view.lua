-- Put after the prelude in scripts that show tasks: a task is shown as its place in the list it was found in, its id, its
-- record (task.lua) and, while it waits, its next attempt's time or ''. record.rs reads it.
local function row(id, record, place)
  local state, lane = string.match(record, '^(%d) %d %d (%d)')
  local next = ''
  if state < '4' and state ~= '2' then
    local set = state == '1' and P .. 'q' .. lane or P .. 's' .. state
    next = int(tonumber(call('ZSCORE', set, id) or 0) / TICKS)
  end
  return { place, id, record, next }
end

-- These tasks' records, those that are leased with their state.
local function shown(ids)
  local records = records_of(ids)
  for i, lease in ipairs(#ids > 0 and call('HMGET', LEASES, unpack(ids)) or {}) do
    if lease and records[i] then records[i] = '2' .. string.sub(records[i], 2) end
  end
  return records
end
