#!lua
-- Accepts a post. ARGV: account, idempotency key, digest, code ttl, cool-down, wrong tries, codes per hour, idempotency
-- window, nonce; then per task: id, name, type, recipient, retries, send_at, tags, work, and three texts: purpose, length
-- (a code); content type, subject, content (a subscription change).
-- Answers: A(ccepted), R(eplayed) or M(ismatch), then a line per task: "1 id" queued, "0 id" scheduled, "u" unknown
-- content type, "s" suppressed, "c ms" cool-down, "l ms" limited.
-- Repeating it is harmless: a known id is answered, not stored; an answer remembered under this call's own nonce is the
-- first answer, sent again after it was lost, not a replay.
local account, idem, digest = ARGV[1], ARGV[2], ARGV[3]
local ttl, cooldown, wrong_tries = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local per_hour, window, nonce = math.max(tonumber(ARGV[7]), 1), tonumber(ARGV[8]), ARGV[9]
local FIRST, STRIDE, HOUR, DAY = 10, 11, 3600000, 86400000

local remembered = 'idem:' .. account .. ' ' .. idem
if idem ~= '' then
  local f = call('HMGET', P .. remembered, 'h', 'at', 'a', 'n')
  if f[1] and tonumber(f[2]) + window > now then
    if f[1] ~= digest then return { 'M' } end
    local answers = { f[4] == nonce and 'A' or 'R' }
    for line in string.gmatch(f[3], '[^\n]+') do answers[#answers + 1] = line end
    return answers
  end
end

local function code_refusal(key, sent)
  local f = call('HMGET', P .. key, 'w', 'f', 's')
  if f[1] and tonumber(f[1]) >= wrong_tries and now < tonumber(f[2]) + ttl then
    return 'l ' .. int(tonumber(f[2]) + ttl - now)
  end
  -- A clock that was set back must not turn the cool-down into hours.
  local last = tonumber(f[3] or nil)
  if last and last <= now and now < last + cooldown then return 'c ' .. int(last + cooldown - now) end
  call('ZREMRANGEBYSCORE', P .. sent, '-inf', now - HOUR)
  local oldest = call('ZREVRANGE', P .. sent, per_hour - 1, per_hour - 1, 'WITHSCORES')
  if oldest[2] then return 'l ' .. int(tonumber(oldest[2]) + HOUR - now) end
end

local touched, ready, taken = {}, false, false
local listed = P .. 'tasks:' .. account

-- The first answer about a task that is already here; nil when it is not.
local function known(id)
  local f = call('HMGET', P .. 't:' .. id, 'd', 'c')
  return f[1] and (tonumber(f[1]) > tonumber(f[2]) and '0 ' or '1 ') .. id
end

local function accept(at)
  local id, kind, recipient = ARGV[at], ARGV[at + 2], ARGV[at + 3]
  local email = string.lower(recipient)
  local code, sent
  if kind == '0' or kind == '1' then
    if kind == '1' then
      code, sent = 'code:' .. account .. ' ' .. email .. ' ' .. ARGV[at + 8], 'sent:' .. account .. ' ' .. email
    end
    local refused = is_suppressed(account, email) and 's' or code and code_refusal(code, sent)
    if refused then return known(id) or refused end
  else
    local content = P .. 'content:' .. account .. ' ' .. ARGV[at + 8]
    if call('EXISTS', content) == 0 then
      if ARGV[at + 9] == '' then return known(id) or 'u' end
      call('HSET', content, 's', ARGV[at + 9], 'c', ARGV[at + 10], 'a', now, 'u', now)
      call('ZADD', P .. 'contents:' .. account, 0, ARGV[at + 8])
    end
  end
  local accepted = next_order()
  if call('ZADD', listed, 'NX', int(accepted), id) == 0 then return known(id) end
  local due = math.max(tonumber(ARGV[at + 5]) or now, now)
  local lane = kind == '1' and '0' or '1'
  local state = due > now and '0' or '1'
  local fields = {
    'a', account, 'n', ARGV[at + 1], 'y', kind, 'l', lane, 's', state, 'r', recipient, 'x', ARGV[at + 4], 'c', int(now),
    'd', int(due), 'o', int(accepted), 'w', ARGV[at + 7],
  }
  if ARGV[at + 6] ~= '' then
    fields[#fields + 1] = 'g'
    fields[#fields + 1] = ARGV[at + 6]
  end
  if code then
    fields[#fields + 1] = 'e'
    fields[#fields + 1] = now + ttl
    call('HSET', P .. code, 't', id, 'l', ARGV[at + 9], 's', now, 'x', now + ttl, 'u', 0)
    call('ZADD', P .. sent, now, id)
    call('ZADD', P .. 'forget', now + 2 * ttl + DAY, code, now + HOUR, sent)
  end
  call('HSET', P .. 't:' .. id, unpack(fields))
  if state == '1' then
    call('ZADD', P .. 'q' .. lane, int(accepted), id)
    if kind == '2' or kind == '3' then call('ZADD', P .. 'changes', int(accepted), id) end
    touched[lane] = true
  else
    call('ZADD', P .. 's0', int(due * TICKS + accepted % TICKS), id)
    ready = true
  end
  count(COUNT, 'g' .. state, 1)
  taken = true
  return state .. ' ' .. id
end

local answers = { 'A' }
for at = FIRST, #ARGV, STRIDE do answers[#answers + 1] = accept(at) end
if taken and idem ~= '' then
  call('HSET', P .. remembered, 'h', digest, 'n', nonce, 'at', now, 'a', table.concat(answers, '\n', 2))
  call('ZADD', P .. 'forget', now + window, remembered)
end
flush()
-- Behind a long queue every worker is busy and comes back by itself.
for lane in pairs(touched) do ready = ready or call('ZCARD', P .. 'q' .. lane) <= 100 end
if ready then wake() end
return answers
