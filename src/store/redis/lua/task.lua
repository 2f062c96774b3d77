-- Put after the prelude in scripts that handle tasks. Invariants: a task is in exactly one state set: `running` while it
-- is held, else the one its field `s` names; `count` changes by what move() does and nothing else.
local SCHEDULED, QUEUED, RUNNING, RETRYING = 0, 1, 2, 3
local SUCCEEDED, FAILED, SKIPPED, CANCELLED, UNCERTAIN = 4, 5, 6, 7, 8
local MESSAGE, CODE, SUBSCRIBE, UNSUBSCRIBE, NEWSLETTER = 0, 1, 2, 3, 4
local ALONE = 3
local ISSUE_RETRIES = 5

local function set_of(state, lane)
  if state == QUEUED then return P .. 'q' .. lane end
  return P .. 's' .. state
end

-- A task with defaults filled in; nil when there is none. `held` is its field there, false when it has none; looked up
-- when not given. Times and the order stay text. Its work is not among it: long texts are a burden to Lua.
local function load(id, held)
  local key = P .. 't:' .. id
  local f = call('HMGET', key, 'r', 's', 'l', 'y', 'a', 'v', 'b', 'p', 'N', 'd', 'c', 'x', 'u', 'f', 'o', 'e')
  local rid, seq = issue(id)
  if not f[1] and not rid then return nil end
  local t = {
    id = id, key = key, r = f[1], s = tonumber(f[2] or QUEUED), l = tonumber(f[3] or 2), y = tonumber(f[4] or NEWSLETTER),
    a = f[5], v = f[6], b = tonumber(f[7] or 0), p = f[8] == '1', N = tonumber(f[9] or 0), d = f[10], c = f[11],
    x = f[12] or ISSUE_RETRIES, u = tonumber(f[13] or 0), f = tonumber(f[14] or 0), o = f[15], e = f[16] or '',
    set = {},
  }
  if rid then
    t.rid, t.seq, t.a, t.o = rid, seq, run_of(rid).a, seq
    if not t.r then
      t.r = call('HGET', waiting_of(rid, seq), seq)
      if not t.r then return nil end
      t.d = int(tonumber(call('ZSCORE', P .. 'q2', id) or now * TICKS) / TICKS)
      t.c = t.d
      t.new = true
    end
  end
  if held == nil then held = call('HGET', HELD, id) end
  if held then
    local token, _, _, mark = holding(held)
    t.s, t.k, t.m = RUNNING, token, tonumber(mark)
  end
  return t
end

local function put(t, field, value)
  local set = t.set
  set[#set + 1] = field
  set[#set + 1] = value
end

-- Its place in a queue: due, then accepted.
local function place(t)
  return int(t.d * TICKS + t.o % TICKS)
end

-- What move() changes in sets, gathered: one command for many tasks. Write it before a set is read.
local MOST = 4000
local moving, leaving, entering, taken, freed = {}, {}, {}, {}, {}

local function gather(lists, set, one, two)
  local list = lists[set]
  if not list then
    list = {}
    lists[set] = list
  end
  list[#list + 1] = one
  list[#list + 1] = two
  return #list
end

local function write_sets()
  for set, ids in pairs(leaving) do call('ZREM', set, unpack(ids)) end
  for set, places in pairs(entering) do call('ZADD', set, unpack(places)) end
  if #freed > 0 then call('HDEL', HELD, unpack(freed)) end
  if #taken > 0 then call('HSET', HELD, unpack(taken)) end
  moving, leaving, entering, taken, freed = {}, {}, {}, {}, {}
end

-- The last act of a script that moves tasks.
local function close()
  write_sets()
  flush()
end

-- Moves a task to the set of state `to`, where `score` is its place, counts the step, and saves its fields.
local function move(t, to, score)
  local from, id = t.s, t.id
  if moving[id] then write_sets() end
  moving[id] = true
  local out = gather(leaving, set_of(from, t.l), id)
  local into = gather(entering, set_of(to, t.l), score, id)
  if from == RUNNING then freed[#freed + 1] = id end
  if to == RUNNING then
    taken[#taken + 1] = id
    taken[#taken + 1] = hold(t.k, t.y, t.N, '', t.a, string.lower(t.r))
  end
  if t.y == SUBSCRIBE or t.y == UNSUBSCRIBE then
    if from == QUEUED then gather(leaving, P .. 'changes', id) end
    if to == QUEUED then gather(entering, P .. 'changes', score, id) end
  end
  if from == QUEUED and t.b >= ALONE then call('ZREM', P .. 'alone', id) end
  if to == QUEUED and t.b >= ALONE then call('ZADD', P .. 'alone', score, id) end
  count(COUNT, 'g' .. from, -1)
  count(COUNT, 'g' .. to, 1)
  if to >= SUCCEEDED then count(COUNT, 'e' .. t.y .. to, 1) end
  if t.rid then
    local run = P .. 'run:' .. t.rid
    if from >= SUCCEEDED then count(run, from, -1) end
    if to >= SUCCEEDED then count(run, to, 1) end
    if to > SUCCEEDED then
      call('ZADD', P .. 'lost:' .. t.rid, t.seq, id)
    elseif from > SUCCEEDED then
      call('ZREM', P .. 'lost:' .. t.rid, id)
    end
    if t.new then
      call('HDEL', waiting_of(t.rid, t.seq), t.seq)
      put(t, 'r', t.r)
      put(t, 'd', t.d)
      put(t, 'c', t.c)
      t.new = false
    end
  end
  t.s = to
  -- That it runs is known from `held`.
  if to ~= RUNNING then put(t, 's', to) end
  if #t.set > 0 then call('HSET', t.key, unpack(t.set)) end
  t.set = {}
  if out > MOST or into > MOST then write_sets() end
end

-- Ends a task. Only `failed` and `uncertain` keep their work: an operator may put them back. An empty field is an absent
-- one, and saves a command.
local function finish(t, to, reason)
  put(t, 'z', int(now))
  if reason or t.s >= SUCCEEDED then put(t, 'q', reason or '') end
  if to ~= FAILED and to ~= UNCERTAIN and not t.rid then put(t, 'w', '') end
  move(t, to, int(now))
end

-- Records an attempt under the next number.
local function record(t, outcome, packed)
  t.N = t.N + 1
  put(t, 'N', t.N)
  put(t, 'a' .. t.N, packed)
  count(COUNT, 'a:' .. outcome, 1)
end
