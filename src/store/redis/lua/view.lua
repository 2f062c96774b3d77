-- Put after the prelude in scripts that show tasks: a task as one flat list of strings (view.rs reads it), the place
-- in the list it was found at first.
local SHOWN = { 'r', 's', 'l', 'y', 'a', 'n', 'x', 'c', 'z', 'q', 'p', 'g', 'N', 'd' }

local function shown(id)
  local f = call('HMGET', P .. 't:' .. id, unpack(SHOWN))
  local rid, seq = issue(id)
  if rid and not f[1] then f[1] = call('HGET', waiting_of(rid, seq), seq) end
  if not f[1] then return nil end
  local t = {
    id = id, r = f[1], s = tonumber(f[2] or 1), l = f[3] or '2', y = f[4] or '4', a = f[5], n = f[6], x = f[7] or '5',
    c = f[8], z = f[9] or '', q = f[10] or '', p = f[11] or '0', g = f[12] or '', N = tonumber(f[13] or 0), d = f[14],
  }
  if rid then t.a, t.n = run_of(rid).a, run_of(rid).k end
  if t.s == 1 and call('HEXISTS', HELD, id) == 1 then t.s = 2 end
  return t
end

local function row(t, place)
  local next = ''
  if t.s < 4 and t.s ~= 2 then
    local set = t.s == 1 and P .. 'q' .. t.l or P .. 's' .. t.s
    next = int(tonumber(call('ZSCORE', set, t.id) or 0) / TICKS)
  end
  local list = { place, t.id, int(t.s), t.y, t.l, t.n or '', t.r, t.x, t.c or next, next, t.z, t.q, t.p, t.g }
  if t.N > 0 then
    local fields = {}
    for n = 1, t.N do fields[n] = 'a' .. n end
    for _, packed in ipairs(call('HMGET', P .. 't:' .. t.id, unpack(fields))) do list[#list + 1] = packed or '' end
  end
  return list
end
