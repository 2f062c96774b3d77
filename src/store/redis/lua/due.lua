#!lua flags=no-writes
-- The next moment at which something falls due by itself; '' when nothing does.
local next = nil
for _, set in ipairs({ 's0', 's2', 's3' }) do
  local first = call('ZRANGE', P .. set, 0, 0, 'WITHSCORES')
  local at = tonumber(first[2] or nil)
  if at and (not next or at < next) then next = at end
end
return next and int(math.floor(next)) or ''
