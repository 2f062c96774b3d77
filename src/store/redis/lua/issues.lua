-- Put after core.lua where newsletter mails are handled.
-- A run's account and content type, empty when it is gone.
local runs = {}
local function run_of(rid)
  local run = runs[rid]
  if not run then
    local f = call('HMGET', P .. 'run:' .. rid, 'a', 'k')
    run = { account = f[1] or '', content = f[2] or '' }
    runs[rid] = run
  end
  return run
end

-- A newsletter mail that waits for its first lease has no record: its recipient lies with others of its run,
-- WAITING_PER_HASH of them, in one small hash, by sequence. That is a few hundred bytes a mail less.
local WAITING_PER_HASH = 64
local function waiting_of(rid, seq)
  return P .. 'wait:' .. rid .. ' ' .. math.floor(seq / WAITING_PER_HASH)
end

-- The record it will have, its account and its place among that one's tasks; nil when there is no such mail.
local function fresh(id)
  local rid, seq = issue(id)
  local recipient = rid and call('HGET', waiting_of(rid, seq), seq)
  if not recipient then return nil end
  local run = run_of(rid)
  local due = int(tonumber(call('ZSCORE', P .. 'q2', id) or now * TICKS) / TICKS)
  local record = '1 0 4 2 0 0 ' .. run.account .. ' ' .. recipient .. ' - 0 0 0 ' .. ISSUE_RETRIES
    .. ' ' .. due .. ' ' .. due .. ' ' .. seq .. ' 0\n' .. run.content .. '\n'
  return record, run.account, int(due * TICKS + seq % TICKS)
end
