-- Put after the prelude in scripts that handle tasks. Invariants: a task is in exactly one state set, the one its field
-- `s` names; `count` changes by what move() does and nothing else.
local SCHEDULED, QUEUED, RUNNING, RETRYING = 0, 1, 2, 3
local SUCCEEDED, FAILED, SKIPPED, CANCELLED, UNCERTAIN = 4, 5, 6, 7, 8
local MESSAGE, CODE, SUBSCRIBE, UNSUBSCRIBE, NEWSLETTER = 0, 1, 2, 3, 4
local ALONE = 3
local ISSUE_RETRIES = 5

local function set_of(state, lane)
  if state == QUEUED then return P .. 'q' .. lane end
  return P .. 's' .. state
end

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

-- A task with defaults filled in; nil when there is none.
local function load(id)
  local key = P .. 't:' .. id
  local f = call('HMGET', key, 'r', 's', 'l', 'y', 'a', 'k', 'v', 'b', 'p', 'm', 'N', 'd', 'c', 'x', 'u', 'f', 'o')
  local issue = string.byte(id) == 114
  if not f[1] and not issue then return nil end
  local t = {
    id = id, key = key, r = f[1], s = tonumber(f[2] or QUEUED), l = tonumber(f[3] or 2), y = tonumber(f[4] or NEWSLETTER),
    a = f[5], k = tonumber(f[6] or 0), v = tonumber(f[7] or 0), b = tonumber(f[8] or 0), p = f[9] == '1',
    m = tonumber(f[10] or nil), N = tonumber(f[11] or 0), d = tonumber(f[12] or nil), c = tonumber(f[13] or nil),
    x = tonumber(f[14] or ISSUE_RETRIES), u = tonumber(f[15] or 0), f = tonumber(f[16] or 0),
    o = tonumber(f[17] or 0), set = {}, del = {},
  }
  if issue then
    local rid, seq = string.match(id, '^(r%w+)-(%d+)$')
    if not rid then return nil end
    t.rid, t.seq, t.a, t.o = rid, tonumber(seq), run_of(rid).a, tonumber(seq)
    if not t.r then
      t.r = call('HGET', waiting_of(rid, t.seq), seq)
      if not t.r then return nil end
      t.d = math.floor(tonumber(call('ZSCORE', P .. 'q2', id) or now))
      t.c = t.d
      t.new = true
    end
  end
  return t
end

local function put(t, field, value)
  local set = t.set
  set[#set + 1] = field
  set[#set + 1] = value
end

local function drop(t, field)
  t.del[#t.del + 1] = field
end

local function save(t)
  if #t.set > 0 then call('HSET', t.key, unpack(t.set)) end
  if #t.del > 0 then call('HDEL', t.key, unpack(t.del)) end
  t.set, t.del = {}, {}
end

-- Its place in a queue: due, then accepted.
local function place(t)
  return t.d + (t.o % 1024) / 1024
end

-- Moves a task to the set of state `to`, where `score` is its place, counts the step, and saves its fields.
local function move(t, to, score)
  local from = t.s
  call('ZREM', set_of(from, t.l), t.id)
  call('ZADD', set_of(to, t.l), score, t.id)
  if t.y == SUBSCRIBE or t.y == UNSUBSCRIBE then
    if from == QUEUED then call('ZREM', P .. 'changes', t.id) end
    if to == QUEUED then call('ZADD', P .. 'changes', score, t.id) end
  end
  if t.b >= ALONE then
    if from == QUEUED then call('ZREM', P .. 'alone', t.id) end
    if to == QUEUED then call('ZADD', P .. 'alone', score, t.id) end
  end
  count(COUNT, 'g' .. from, -1)
  count(COUNT, 'g' .. to, 1)
  if to >= SUCCEEDED then count(COUNT, 'e' .. t.y .. to, 1) end
  if t.rid then
    local run = P .. 'run:' .. t.rid
    if from >= SUCCEEDED then count(run, from, -1) end
    if to >= SUCCEEDED then count(run, to, 1) end
    if to > SUCCEEDED then
      call('ZADD', P .. 'lost:' .. t.rid, t.seq, t.id)
    elseif from > SUCCEEDED then
      call('ZREM', P .. 'lost:' .. t.rid, t.id)
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
  put(t, 's', to)
  if to ~= RUNNING and t.m then drop(t, 'm') end
  save(t)
end

-- Ends a task. Only `failed` and `uncertain` keep their work: an operator may put them back.
local function finish(t, to, reason)
  put(t, 'z', now)
  if reason then put(t, 'q', reason) else drop(t, 'q') end
  if to ~= FAILED and to ~= UNCERTAIN and not t.rid then drop(t, 'w') end
  move(t, to, now)
end

-- Records an attempt under the next number.
local function record(t, outcome, packed)
  t.N = t.N + 1
  put(t, 'N', t.N)
  put(t, 'a' .. t.N, packed)
  count(COUNT, 'a:' .. outcome, 1)
end
