#!lua flags=allow-oom
-- Leases queued tasks. ARGV: any, codes, lease ms, the three lanes' shares, how many subscription changes and nothing
-- else, or 0, '1' to lease whatever else is due, and how many bytes of works. Answers the time, the token and the ids; or
-- the token -1 when promote.lua must run first. The caller reads the tasks itself, since Lua would copy every string.
-- allow-oom: only leasing and settling make room in a full store.
local any, codes, lease, changes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[7])
local batch, token = {}, 0

if ARGV[8] ~= '1' and (next_due() or now + 1) <= now then return { NOW, -1, batch } end

-- A newsletter mail's first lease gives it its record, and shows it to its owner.
local function record_anew(id)
  local record, account, place = fresh(id)
  if not record then return end
  local rid, seq = issue(id)
  call('SET', RECORD .. id, record)
  call('ZADD', P .. 'tasks:' .. account, place, id)
  call('HDEL', waiting_of(rid, seq), seq)
end

-- Leases these; then the caller takes them from their queues.
local function take(ids)
  token = tonumber(call('HGET', M, 'token') or 0) + 1
  call('HSET', M, 'token', int(token))
  local until_ms = int(now + lease)
  local its_lease = int(token) .. ' 0 ' .. until_ms
  local places, leases = {}, {}
  for i, id in ipairs(ids) do
    if issue(id) then record_anew(id) end
    places[2 * i - 1], places[2 * i] = until_ms, id
    leases[2 * i - 1], leases[2 * i] = id, its_lease
  end
  call('ZADD', P .. 's2', unpack(places))
  call('HSET', LEASES, unpack(leases))
  batch = ids
end

-- Leases these, wherever they wait.
local function fetch(ids)
  if #ids == 0 then return end
  take(ids)
  for _, set in ipairs({ 'q0', 'q1', 'q2', 'changes', 'alone' }) do call('ZREM', P .. set, unpack(ids)) end
end

-- What came back RECLAIMS_ALONE times goes first and alone; in its turn a busy lane above it would keep it waiting for ever.
local suspect = call('ZRANGE', P .. 'alone', 0, 0)[1]
-- Of a queue's front, what may go together.
local function together(ids)
  for i, id in ipairs(suspect and ids or {}) do
    if call('ZSCORE', P .. 'alone', id) then return { unpack(ids, 1, math.max(i - 1, 1)) } end
  end
  return ids
end

-- Of these, as many as are not too large together; one at least. Newsletter mails, which have no work of their own, go on
-- behind it: they are last, and must not lose their share.
local function light(ids)
  -- Large works are rare, and checking every size is expensive.
  if not call('HGET', M, 'large') then return ids end
  local bytes, most, kept, full = 0, tonumber(ARGV[9]), {}, false
  for _, id in ipairs(ids) do
    local is_posted = not issue(id)
    if is_posted and not full then
      bytes = bytes + call('STRLEN', P .. 'w:' .. id)
      full = bytes > most and #kept > 0
    end
    if not (is_posted and full) then kept[#kept + 1] = id end
  end
  return kept
end

if changes > 0 then
  fetch(together(call('ZRANGE', P .. 'changes', 0, changes - 1)))
elseif suspect and (any > 0 or call('ZSCORE', P .. 'q0', suspect)) then
  fetch({ suspect })
else
  local left, fronts, counts, picked = any, {}, {}, {}
  for lane = 0, 2 do
    local reserved = lane == 0 and codes or 0
    local most = any + reserved
    fronts[lane] = most > 0 and call('ZRANGE', P .. 'q' .. lane, 0, most - 1) or {}
    counts[lane] = math.min(tonumber(ARGV[4 + lane]), #fronts[lane])
    -- Codes use up what is reserved for them before they use the common part.
    left = left - math.max(counts[lane] - reserved, 0)
  end
  for lane = 0, 2 do
    local more = math.max(math.min(left, #fronts[lane] - counts[lane]), 0)
    left, counts[lane] = left - more, counts[lane] + more
    for i = 1, counts[lane] do picked[#picked + 1] = fronts[lane][i] end
  end
  local some = light(picked)
  if suspect or #some < #picked then
    fetch(together(some))
  elseif #picked > 0 then
    take(picked)
    for lane = 0, 2 do
      if counts[lane] > 0 then call('ZREMRANGEBYRANK', P .. 'q' .. lane, 0, counts[lane] - 1) end
    end
    if call('EXISTS', P .. 'changes') == 1 then call('ZREM', P .. 'changes', unpack(picked)) end
  end
end
return { NOW, token, batch }
