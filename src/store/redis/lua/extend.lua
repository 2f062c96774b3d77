#!lua flags=allow-oom
-- Moves the end of leases. ARGV: lease ms, then id and token of each. Answers 1, or 0 for a stale token.
local answers = {}
for at = 2, #ARGV, 2 do
  local f = call('HMGET', P .. 't:' .. ARGV[at], 's', 'k')
  local holds = f[1] == '2' and f[2] == ARGV[at + 1]
  if holds then call('ZADD', P .. 's2', now + tonumber(ARGV[1]), ARGV[at]) end
  answers[#answers + 1] = holds and 1 or 0
end
return answers
