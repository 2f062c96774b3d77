-- Put after core.lua: the next moment at which something falls due by itself, past ones too; nil when nothing does.
local function next_due()
  local next = nil
  for set, unit in pairs({ s0 = TICKS, s2 = 1, s3 = TICKS }) do
    local first = call('ZRANGE', P .. set, 0, 0, 'WITHSCORES')
    local at = first[2] and math.floor(tonumber(first[2]) / unit)
    if at and (not next or at < next) then next = at end
  end
  return next
end
