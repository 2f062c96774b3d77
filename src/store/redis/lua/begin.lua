#!lua flags=allow-oom
-- Fence and mark right before DATA. ARGV: the earliest not_after, all of them in one text, then id and token of each.
-- Answers 0 go, 1 stale, 2 late, 3 suppressed, 4 unsubscribed. Only 0 writes.
-- A lease that has ended is stale also while nobody has noticed: a server that was frozen comes to a call long after the
-- caller has given it up, and a mark that nobody knows of would put a mail in doubt that never began.
local picked = {}
for at, i in ipairs(asked) do picked[at] = ids[i] end
local records = records_of(picked)

-- Whether the store refuses this mail by now: as begin answers, or nil.
local function refusal(id, record)
  local account, recipient = string.match(record or '', '^%d %d %d %d %d+ %d+ (%S+) (%S+)')
  if not account then return 1 end
  if is_suppressed(account, recipient) then return 3 end
  local rid, seq = issue(id)
  if not rid then return nil end
  local content = run_of(rid).content
  if content == '' then return 1 end
  local subscribed = call('HGET', P .. 'subs:' .. account .. ' ' .. content, string.lower(recipient))
  if not subscribed or string.match(subscribed, '^%d|(%d+)|') ~= seq then return 4 end
end

marked = {}
for at, i in ipairs(asked) do
  answers[i] = refusal(ids[i], records[at]) or 0
  if answers[i] == 0 then
    marked[#marked + 1] = ids[i]
    marked[#marked + 1] = read[leases[i]].marked
  end
end
if #marked > 0 then call('HSET', LEASES, unpack(marked)) end
return answers
