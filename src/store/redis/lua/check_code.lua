#!lua flags=allow-oom
-- Settles one guess. ARGV: key (account recipient purpose), task, matched, wrong tries, ttl ms, nonce of this call.
-- Answers 1 verified, 0 refused. A repeated call (same nonce) is answered as the first was and counts nothing.
local key = P .. 'code:' .. ARGV[1]
local task, matched, attempts, ttl, nonce = ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local f = call('HMGET', key, 't', 'u', 'x', 'w', 'f', 'n')
if f[6] == nonce then return f[2] == '1' and 1 or 0 end
if f[1] ~= task or f[2] == '1' or now >= tonumber(f[3]) then return 0 end
-- Wrong tries are forgotten one lifetime after the first of them.
local first = tonumber(f[5] or nil)
local wrong = first and now < first + ttl and tonumber(f[4]) or 0
if wrong == 0 then first = now end
if wrong >= attempts then return 0 end
if matched then
  call('HSET', key, 'u', 1, 'n', nonce)
  call('HDEL', key, 'w', 'f')
  return 1
end
call('HSET', key, 'w', wrong + 1, 'f', first, 'n', nonce)
return 0
