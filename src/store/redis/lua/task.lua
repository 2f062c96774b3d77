-- Put after the prelude in scripts that handle tasks. A task is its record, one text:
--   state reclaims type lane token at account recipient reason tries failures duplicate retries due created order
--   expires \n name \n tags \n attempt \n attempt …
-- Times are ms. The first four are a digit each. token: the last one that settled it. at: its end. Nothing is 0; no reason
-- is '-'; an attempt is a JSON list. One text, since reading and writing many costs Lua one command each, and one string a
-- task.
-- A lease lies beside the task, so that a mail's way changes the record once, at its end: "token mark end".
-- mark: when DATA was about to begin, or 0. The record says `queued` meanwhile.
-- Invariant: a task is in exactly one state set: `running` while it has a lease, else the one its record names.
local SCHEDULED, QUEUED, RUNNING, RETRYING = 0, 1, 2, 3
local SUCCEEDED, FAILED, SKIPPED, CANCELLED, UNCERTAIN = 4, 5, 6, 7, 8
local MESSAGE, CODE, SUBSCRIBE, UNSUBSCRIBE = '0', '1', '2', '3'

-- Names are kept: each is a string to put together.
local states, queues = {}, {}
local function set_of(state, lane)
  local names, key, front = states, state, 's'
  if state == QUEUED then names, key, front = queues, lane, 'q' end
  local name = names[key]
  if not name then
    name = P .. front .. key
    names[key] = name
  end
  return name
end

-- A task, of which open() tells the rest; nil when there is none. `record` and `lease`: looked up when nil.
local function load(id, record, lease)
  if record == nil then record = call('GET', key_of(id)) end
  if lease == nil then lease = call('HGET', LEASES, id) end
  local rid, seq = issue(id)
  local new = not record
  if new then record = fresh(id) end
  if not record then return nil end
  return {
    id = id, record = record, state = lease and RUNNING or string.byte(record) - 48,
    reclaims = string.byte(record, 3) - 48, type = string.sub(record, 5, 5), lane = string.sub(record, 7, 7),
    token = lease and string.match(lease, '^%d+') or string.match(record, '^%d+', 9), run = rid, seq = seq, new = new,
  }
end

local REST = '^%d+ %d+ (%S+) (%S+) (%S+) (%d+) (%d+) (%d) (%d+) (%d+) (%d+) (%d+) (%d+)\n(.*)$'
local function open(t)
  if not t.reason then
    t.account, t.recipient, t.reason, t.tries, t.failures, t.duplicate, t.retries, t.due, t.created, t.order, t.expires,
      t.tail = string.match(t.record, REST, 9)
  end
  return t
end

local function record_of(t, at)
  local rest
  if t.reason then
    local head = {
      t.account, t.recipient, t.reason, t.tries, t.failures, t.duplicate, t.retries, t.due, t.created, t.order, t.expires,
    }
    rest = table.concat(head, ' ') .. '\n' .. t.tail
  else
    rest = string.sub(t.record, string.match(t.record, '^%d+ %d+ ()', 9))
  end
  return t.state .. ' ' .. t.reclaims .. string.sub(t.record, 4, 8) .. t.token .. ' ' .. at .. ' ' .. rest
    .. (t.attempt or '')
end

-- Its place in a queue: due, then accepted.
local function place(t)
  open(t)
  return int(t.due * TICKS + t.order % TICKS)
end

-- What move() changes, gathered: one command for many tasks. Write it before a set or a record is read, or a task is
-- moved again. Lists know their length, since Lua searches for it.
local VALUES_PER_COMMAND = 4000
local leaving, entering, written, done = {}, {}, { n = 0 }, { n = 0 }

local function list_of(lists, set)
  local list = lists[set]
  if not list then
    list = { n = 0 }
    lists[set] = list
  end
  return list
end

local function add(list, one, two)
  local n = list.n + 1
  list[n] = one
  if two then
    n = n + 1
    list[n] = two
  end
  list.n = n
  return n
end

local function write(key, text)
  add(written, key, text)
end

local function write_sets()
  for set, ids in pairs(leaving) do call('ZREM', set, unpack(ids)) end
  for set, places in pairs(entering) do call('ZADD', set, unpack(places)) end
  local ended = leaving[set_of(RUNNING)]
  if ended then call('HDEL', LEASES, unpack(ended)) end
  if written.n > 0 then call('MSET', unpack(written)) end
  if done.n > 0 then call('DEL', unpack(done)) end
  leaving, entering, written, done = {}, {}, { n = 0 }, { n = 0 }
end

-- The last act of a script that moves tasks.
local function close()
  write_sets()
  flush()
end

-- Moves a task to the set of state `to`, where `score` is its place, counts the step, and saves its record. Only lease.lua
-- makes it running.
local function move(t, to, score)
  local from, id = t.state, t.id
  local out = add(list_of(leaving, set_of(from, t.lane)), id)
  local into = add(list_of(entering, set_of(to, t.lane)), score, id)
  if t.type == SUBSCRIBE or t.type == UNSUBSCRIBE then
    if from == QUEUED then add(list_of(leaving, P .. 'changes'), id) end
    if to == QUEUED then add(list_of(entering, P .. 'changes'), score, id) end
  end
  if t.reclaims >= RECLAIMS_ALONE then
    if from == QUEUED then call('ZREM', P .. 'alone', id) end
    if to == QUEUED then call('ZADD', P .. 'alone', score, id) end
  end
  if to >= SUCCEEDED then count(COUNT, 'e' .. t.type .. to, 1) end
  if t.run then
    local run = P .. 'run:' .. t.run
    if from >= SUCCEEDED then count(run, from, -1) end
    if to >= SUCCEEDED then count(run, to, 1) end
    if to > SUCCEEDED then
      call('ZADD', P .. 'lost:' .. t.run, t.seq, id)
    elseif from > SUCCEEDED then
      call('ZREM', P .. 'lost:' .. t.run, id)
    end
    if t.new then call('HDEL', waiting_of(t.run, t.seq), t.seq) end
  end
  t.state = to
  write(key_of(id), record_of(t, to >= SUCCEEDED and score or '0'))
  if out > VALUES_PER_COMMAND or into > VALUES_PER_COMMAND then write_sets() end
end

-- Ends a task. Only `failed` and `uncertain` keep their work: an operator may put them back.
local function finish(t, to, reason)
  if reason or t.state >= SUCCEEDED then open(t).reason = reason or '-' end
  if to ~= FAILED and to ~= UNCERTAIN and not t.run then add(done, P .. 'w:' .. t.id) end
  move(t, to, NOW)
end

local function count_attempt(line)
  if line ~= '' then count(COUNT, 'a:' .. string.match(line, '"(.-)"'), 1) end
end

-- Records an attempt, a line break before it, or none; its number is its place.
local function record(t, line)
  t.attempt = line
  count_attempt(line)
end
