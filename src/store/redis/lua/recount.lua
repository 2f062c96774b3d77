#!lua flags=no-writes
-- Tasks by state as their records and leases have it. Looks at every key, and holds the server up for as long: for tests.
local counts, seen, cursor = {}, {}, '0'
for state = 1, 9 do counts[state] = 0 end
local function is_ours(key, front)
  return string.sub(key, 1, #P + #front) == P .. front
end

repeat
  local page = call('SCAN', cursor, 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    if seen[key] then
      -- A scan may show a key twice.
    elseif is_ours(key, 't:') then
      local is_leased = call('HEXISTS', LEASES, string.sub(key, #P + 3)) == 1
      local state = is_leased and 2 or tonumber(call('GETRANGE', key, 0, 0))
      counts[state + 1] = counts[state + 1] + 1
    elseif is_ours(key, 'wait:') then
      counts[2] = counts[2] + call('HLEN', key)
    end
    seen[key] = true
  end
until cursor == '0'
return counts
