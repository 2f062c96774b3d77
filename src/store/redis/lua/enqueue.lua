#!lua
-- Accepts posts, each by itself: those that came while a call was under way come together. ARGV: idempotency window ms;
-- per post account, idempotency key, digest, nonce, code rules (ttl, cool-down, wrong tries, codes per hour in one text)
-- and number of tasks; per task id, type, recipient's key, send_at, its record's middle and end, and work; then of a code
-- purpose and length, of a subscription change content type, subject and content.
-- Answers a list per post: A(ccepted), R(eplayed) or M(ismatch), then a line per task: "1 id" queued, "0 id" scheduled,
-- "u" unknown content type, "s" suppressed, "c ms" cool-down, "l ms" limited.
-- Repeating it is harmless: a known id is answered, not stored; an answer remembered under a post's own nonce is the
-- first answer, sent again after it was lost, not a replay.
local window = tonumber(ARGV[1])
-- 256 works of this size, which is all that one call leases, are as many bytes as it may lease.
local LARGE_WORK = 65536
local HEAD, WIDTHS = 6, { ['0'] = 7, ['1'] = 9, ['2'] = 10, ['3'] = 10 }

local function remembered(key, digest, nonce)
  local f = call('HMGET', P .. key, 'h', 'at', 'a', 'n')
  if not f[1] or tonumber(f[2]) + window <= now then return nil end
  if f[1] ~= digest then return { 'M' } end
  local answers = { f[4] == nonce and 'A' or 'R' }
  for line in string.gmatch(f[3], '[^\n]+') do answers[#answers + 1] = line end
  return answers
end

local function rules_of(text)
  local ttl, cooldown, tries, per_hour = string.match(text, '(%d+) (%d+) (%d+) (%d+)')
  return {
    ttl = tonumber(ttl), cooldown = tonumber(cooldown), tries = tonumber(tries),
    per_hour = math.max(tonumber(per_hour), 1),
  }
end

local function code_refusal(key, sent, rules)
  local f = call('HMGET', P .. key, 'w', 'f', 's')
  if f[1] and tonumber(f[1]) >= rules.tries and now < tonumber(f[2]) + rules.ttl then
    return 'l ' .. int(tonumber(f[2]) + rules.ttl - now)
  end
  -- A clock that was set back must not turn the cool-down into hours.
  local last = tonumber(f[3] or nil)
  if last and last <= now and now < last + rules.cooldown then return 'c ' .. int(last + rules.cooldown - now) end
  call('ZREMRANGEBYSCORE', P .. sent, '-inf', now - CODES_WINDOW)
  local oldest = call('ZREVRANGE', P .. sent, rules.per_hour - 1, rules.per_hour - 1, 'WITHSCORES')
  if oldest[2] then return 'l ' .. int(tonumber(oldest[2]) + CODES_WINDOW - now) end
end

-- How many tasks came into each lane's queue.
local entered, ready, large = {}, false, false

-- The first answer about a task that is already here; nil when it is not.
local function known(id)
  local due, created = string.match(call('GET', key_of(id)) or '', ' (%d+) (%d+) %d+ %d+\n')
  return due and (tonumber(due) > tonumber(created) and '0 ' or '1 ') .. id
end

local function accept(account, rules, at)
  local id, kind, email = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local code, sent
  if kind == MESSAGE or kind == CODE then
    if kind == CODE then
      code, sent = 'code:' .. account .. ' ' .. email .. ' ' .. ARGV[at + 7], 'sent:' .. account .. ' ' .. email
      rules = rules_of(rules)
    end
    local refused = is_suppressed(account, email) and 's' or code and code_refusal(code, sent, rules)
    if refused then return known(id) or refused end
  else
    local content = P .. 'content:' .. account .. ' ' .. ARGV[at + 7]
    if call('EXISTS', content) == 0 then
      if ARGV[at + 8] == '' then return known(id) or 'u' end
      call('HSET', content, 's', ARGV[at + 8], 'c', ARGV[at + 9], 'a', now, 'u', now)
      call('ZADD', P .. 'contents:' .. account, 0, ARGV[at + 7])
    end
  end
  local accepted, due = next_order(), math.max(tonumber(ARGV[at + 3]) or now, now)
  local state, order = due > now and '0' or '1', int(accepted)
  local expires = code and int(now + rules.ttl) or '0'
  local record = state .. ' ' .. ARGV[at + 4] .. ' ' .. (due == now and NOW or int(due)) .. ' ' .. NOW .. ' ' .. order .. ' ' .. expires
    .. '\n' .. ARGV[at + 5]
  if call('SETNX', key_of(id), record) == 0 then return known(id) end
  write(P .. 'w:' .. id, ARGV[at + 6])
  large = large or #ARGV[at + 6] > LARGE_WORK
  add(list_of(entering, P .. 'tasks:' .. account), order, id)
  if code then
    call('HSET', P .. code, 't', id, 'l', ARGV[at + 8], 's', now, 'x', expires, 'u', 0)
    call('ZADD', P .. sent, now, id)
    call('ZADD', P .. 'forget', now + 2 * rules.ttl + CODE_KEPT, code, now + CODES_WINDOW, sent)
  end
  if state == '1' then
    local lane = P .. 'q' .. (code and '0' or '1')
    add(list_of(entering, lane), order, id)
    if kind == SUBSCRIBE or kind == UNSUBSCRIBE then add(list_of(entering, P .. 'changes'), order, id) end
    entered[lane] = (entered[lane] or 0) + 1
  else
    add(list_of(entering, P .. 's0'), int(due * TICKS + accepted % TICKS), id)
    ready = true
  end
  if written.n > VALUES_PER_COMMAND then write_sets() end
  return state .. ' ' .. id
end

-- One post; answers also where the next begins.
local function post(at)
  local account, key, digest, nonce, rules = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local first, name = at + HEAD, 'idem:' .. account .. ' ' .. key
  local before, taken = key ~= '' and remembered(name, digest, nonce), false
  local answers, next = before or { 'A' }, first
  for _ = 1, tonumber(ARGV[at + 5]) do
    if not before then
      local line = accept(account, rules, next)
      taken = taken or string.find(line, '^%d') ~= nil
      answers[#answers + 1] = line
    end
    next = next + WIDTHS[ARGV[next + 1]]
  end
  if key ~= '' and taken then
    -- What is remembered as accepted must be there.
    write_sets()
    call('HSET', P .. name, 'h', digest, 'n', nonce, 'at', now, 'a', table.concat(answers, '\n', 2))
    call('ZADD', P .. 'forget', now + window, name)
  end
  return answers, next
end

local answers, at = {}, 2
while at <= #ARGV do answers[#answers + 1], at = post(at) end
close()
if large then call('HSET', M, 'large', 1) end
-- Behind a long queue every worker is busy and comes back by itself.
for lane, times in pairs(entered) do ready = ready or call('ZCARD', lane) - times <= 100 end
if ready then wake() end
return answers
