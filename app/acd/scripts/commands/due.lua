local handle = {}

function handle.offer(id, attempt)
  local c = object('c', id)
  if c and c.f.state == 'offered' and c.f.attempts == attempt and num(c, 'expires_at') <= now then
    expire(c)
  end
end

function handle.exclusion(id, agent_id)
  local c = object('c', id)
  local until_ = c and c.f['x:' .. agent_id]
  if until_ and tonumber(until_) <= now then
    lift(c, agent_id)
    emit('exclusion_ended', c, agent_id, {cause = 'time'})
  end
end

function handle.rejoin(id)
  local c = object('c', id)
  if c and c.f.rejoin_until and num(c, 'rejoin_until') <= now then put_back(c, 'lose', 'lost') end
end

-- Whom it was transferred to did not take it in time: back to its skills, at its old age.
function handle.transfer(id, n)
  local c = object('c', id)
  local waits = c and (c.f.state == 'queued' or c.f.state == 'offered')
  local theirs = c and c.f.routed_to and c.f.routed_to == c.f._transfer
  if not (waits and theirs and c.f.segments == n) then return end
  if c.f.state == 'offered' then withdraw(c, 'transfer') end
  release_tie(c, 'transfer')
end

function handle.max_wait(id)
  local c = object('c', id)
  local waiting = c and (c.f.state == 'queued' or c.f.state == 'offered')
  local there = waiting and c.f.channel_id and not c.f.cb_dialling
  if there and c.f.leave_at and num(c, 'leave_at') <= now then leave_queue(c, 'max_wait') end
end

function handle.callback(id)
  local c = object('c', id)
  if c and c.f.cb_not_before and num(c, 'cb_not_before') <= now then
    set(c, 'cb_not_before', nil)
    set(c, 'cb_hours', nil)
    emit('callback_due', c)
  end
end

-- Its routing rules are to be looked at. Asked for again until somebody did and said when next
-- (schedule_rules): a process that dies in between loses none.
local LOOK_AGAIN = 2000

function handle.rules(id)
  local c = object('c', id)
  if not c or c.f.state == 'closed' then return end
  at(now + LOOK_AGAIN, 'rules', id)
  touch(c)
end

-- Nothing was heard of a call to a customer: the process died in between, or Asterisk did.
function handle.dial(id, channel_id)
  local c = object('c', id)
  if c and c.f.cb_dialling and c.f.channel_id == channel_id then miss(c, 'lost') end
end

-- The bot did not take up whom it was handed back.
function handle.hand_back(id, n)
  local c = object('c', id)
  local due = c and c.f.state == 'bot' and c.f.bot_back == n and c.f.bot_until
  if due and num(c, 'bot_until') <= now then lose_bot(c, 'bot_did_not_take') end
end

-- Nobody took the consult in time.
function handle.consult(id)
  local c = object('c', id)
  if c and c.f.consult == 'offered' then end_consult(c, 'no_answer') end
end

function handle.wrap_up(id, n)
  local c = object('c', id)
  if c and c.f['s' .. n .. ':wrap_up'] == 'open' then close_wrap_up(c, tonumber(n), 'limit') end
end

function handle.inbox(agent_id)
  local a = object('a', agent_id)
  if a and num(a, 'inbox') <= now then emit('agent_changed', nil, a, {cause = 'inbox_closed'}) end
end

function handle.idle_leg(agent_id)
  local a = object('a', agent_id)
  if a and a.f._idle_leg and num(a, '_idle_leg') <= now and idles(a) then release_leg(a) end
end

-- The last page has been gone for long: closed for good, until one is opened again.
function handle.closing(agent_id)
  local a = object('a', agent_id)
  if not a or num(a, 'inbox') > now then return end
  set(a, '_closed', '1')
  return_messages(a, 'inbox_closed')
  close_inbox(a)
end

return function()
  local found = call('ZRANGEBYSCORE', P .. ':deadlines', '-inf', digits(now), 'LIMIT', 0, arg.limit)
  for _, member in ipairs(found) do later('ZREM', P .. ':deadlines', member) end
  for _, member in ipairs(found) do
    local kind, one, two = unpack(words(member))
    handle[kind](one, two)
  end
end
