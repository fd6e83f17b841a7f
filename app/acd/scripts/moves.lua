-- What can happen to a conversation and to an agent, in memory. The tables decide what may.

local function after(c, move)
  local to = CONVERSATION[c.f.state][move]
  if not to then
    local function plain(word) return (string.gsub(word, '_', ' ')) end
    refuse('WRONG_STATE', 'cannot ' .. plain(move) .. ' while ' .. plain(c.f.state))
  end
  if to == 'closed' and num(c, '_open') > 0 then to = 'wrap_up' end
  return to
end

local function go(c, move) set(c, 'state', after(c, move)) end

local function not_yours() refuse('NOT_YOURS', 'it is not yours') end

-- Refuses unless it is offered to this agent, and in the attempt they mean if they say which.
local function offered_to(c, a, move)
  after(c, move)
  if c.f.offer_agent ~= a.id then not_yours() end
  if arg.attempt and arg.attempt ~= c.f.attempts then
    refuse('WRONG_STATE', 'that offer no longer stands')
  end
end

local end_consult, end_search -- (of what, cause): consults.lua

-- A conversation that is new here.
local ARRIVAL = {
  'channel', 'customer', 'created_at', 'entry', 'language', 'channel_id', 'flow', 'parameters',
  'faults', 'sentiment', 'cb', 'cb_number', 'cb_recording', 'cb_not_before', 'bot_app',
  'bot_has',
}

local function arrive()
  local c = create('c', arg.conversation)
  set(c, 'state', 'new')
  for _, field in ipairs(ARRIVAL) do set(c, field, arg[field]) end
  if c.f.cb_not_before then
    set(c, 'cb_hours', '1')
    at(num(c, 'cb_not_before'), 'callback', c.id)
  end
  return c
end

-- Exclusions.

local function exclusions(c)
  local found = {}
  for field in pairs(c.f) do
    if string.sub(field, 1, 2) == 'x:' then found[#found + 1] = string.sub(field, 3) end
  end
  table.sort(found)
  return found
end

local function exclude(c, a)
  set(c, 'x:' .. a.id, now + rules.exclude)
  set(c, '_last', a.id)
  at(now + rules.exclude, 'exclusion', c.id, a.id)
end

local function lift(c, agent_id)
  set(c, 'x:' .. agent_id, nil)
  no_longer_at('exclusion', c.id, agent_id)
end

local function lift_all(c)
  for _, agent_id in ipairs(exclusions(c)) do lift(c, agent_id) end
end

-- "Others were tried": only who refused last stays away. A consult asks each once.
local function lift_earlier(c)
  if c.f._of then return false end
  local lifted = false
  for _, agent_id in ipairs(exclusions(c)) do
    if agent_id ~= c.f._last then
      lift(c, agent_id)
      emit('exclusion_ended', c, agent_id, {cause = 'others_tried'})
      lifted = true
    end
  end
  return lifted
end

local function release_tie(c, cause)
  if c.f._of then return end_search(c, cause) end
  local agent_id = c.f.routed_to
  set(c, 'routed_to', nil)
  emit('conversation_released', c, agent_id, {cause = cause})
end

-- Offers.

local function make_offer(c, a, others, how)
  go(c, 'offer')
  local voice = c.f.channel == 'voice'
  local attempt = num(c, 'attempts') + 1
  local until_ = now + (voice and rules.dial or rules.offer)
  set(c, 'attempts', attempt)
  set(c, 'offer_agent', a.id)
  set(c, 'offered_at', now)
  set(c, 'expires_at', until_)
  set(c, 'rang', voice and '0' or '1')
  set(c, 'why_skills', c.f.skills)
  set(c, 'why_eligible', table.concat(others, '\n'))
  set(c, 'why_idle', math.max(0, now - num(a, 'idle')))
  set(c, 'why_how', how)
  set(a, 'offer', c.id)
  at(until_, 'offer', c.id, digits(attempt))
  emit('conversation_offered', c, a, {move = 'offer', attempt = attempt})
end

local function end_offer(c)
  local a = object('a', c.f.offer_agent)
  no_longer_at('offer', c.id, c.f.attempts)
  for _, field in ipairs({'offer_agent', 'offered_at', 'expires_at', 'rang'}) do
    set(c, field, nil)
  end
  set(a, 'offer', nil)
  if c.f.channel == 'voice' and a.f.leg == 'ringing' then move_leg(a, 'quiet') end
  return a
end

local function withdraw(c, cause)
  go(c, 'withdraw')
  local a = end_offer(c)
  emit('offer_withdrawn', c, a, {move = 'withdraw', cause = cause, attempt = num(c, 'attempts')})
  if c.f._of and c.f.routed_to then end_search(c, cause) end
end

-- The agent refused or did not answer.
local function give_up_offer(c, move, event)
  local rang = c.f.rang == '1'
  go(c, move)
  local a = end_offer(c)
  if KEEPS_EXCLUSION[move] then exclude(c, a) end
  emit(event, c, a, {move = move, attempt = num(c, 'attempts'), rang = rang and 1 or 0})
  if c.f.routed_to == a.id then release_tie(c, move) end
  return a, rang
end

local function expire(c)
  local a, rang = give_up_offer(c, 'expire', 'offer_expired')
  if not rang then return end
  set(a, 'missed', num(a, 'missed') + 1)
  if num(a, 'missed') >= MISSED_OFFERS_LIMIT and a.f.status == 'available' then
    set(a, 'status', 'busy')
    set(a, 'reason', MISSED_OFFERS)
    emit('status_changed', nil, a, {status = 'busy', reason = MISSED_OFFERS, cause = 'missed_offers'})
  end
end

-- In hand.

-- Idle order: by when an agent last took up or finished work, or became available. So one chat
-- in hand sends the next to a colleague; refusing or missing an offer changes nothing (it would
-- send who refuses to the back of the queue, a rest as a reward).
-- How long a caller waits at the most counts until somebody took them up once.
local function no_max_wait(c)
  if c.f.leave_at then
    set(c, 'leave_at', nil)
    no_longer_at('max_wait', c.id)
  end
end

local function max_wait(c, from)
  if not arg.max_wait then return end
  set(c, 'leave_at', from + tonumber(arg.max_wait))
  at(num(c, 'leave_at'), 'max_wait', c.id)
end

-- Whom it was transferred to has it, or it is over: nobody is waited for any more.
local function no_transfer(c)
  if c.f._transfer then no_longer_at('transfer', c.id, digits(num(c, 'segments'))) end
end

local function take(c, a)
  local channel = c.f.channel
  no_transfer(c)
  local n = num(c, 'segments') + 1
  set(a, 'load_' .. channel, num(a, 'load_' .. channel) + 1)
  set(a, 'missed', nil)
  set(a, 'idle', now)
  if channel == 'voice' then set(a, '_call', c.id) end
  later('SADD', P .. ':mine:' .. a.id, c.id)
  set(c, 'agent', a.id)
  set(c, 'segments', n)
  set(c, 's' .. n .. ':agent', a.id)
  set(c, 's' .. n .. ':from', now)
  lift_all(c)
  no_max_wait(c)
end

local function open_wrap_up(c, a, n)
  set(c, 's' .. n .. ':wrap_up', 'open')
  set(c, '_open', num(c, '_open') + 1)
  set(a, 'wrap_ups', num(a, 'wrap_ups') + 1)
  later('SADD', P .. ':writes:' .. a.id, c.id .. '\n' .. n)
  if rules.wrap_up > 0 then
    at(now + rules.wrap_up, 'wrap_up', c.id, digits(n))
    set(c, 's' .. n .. ':wrap_up_until', digits(now + rules.wrap_up))
  end
end

local function let_go(c, move, ended_by)
  if c.f.consult then end_consult(c, ended_by) end
  local a = object('a', c.f.agent)
  local n = num(c, 'segments')
  local channel = c.f.channel
  set(c, 'agent', nil)
  if c.f.rejoin_until then no_longer_at('rejoin', c.id) end
  for _, field in ipairs({'rejoin_until', 'held', 'muted', 'rec_paused'}) do set(c, field, nil) end
  set(c, 's' .. n .. ':to', now)
  set(c, 's' .. n .. ':ended_by', ended_by)
  set(a, 'load_' .. channel, num(a, 'load_' .. channel) - 1)
  set(a, 'idle', now)
  if channel == 'voice' then set(a, '_call', nil) end
  later('SREM', P .. ':mine:' .. a.id, c.id)
  if OPENS_WRAP_UP[move] then open_wrap_up(c, a, n) end
  return a
end

local function put_back(c, move, ended_by)
  if c.f._of then return end_search(c, ended_by) end
  go(c, move)
  local a = let_go(c, move, ended_by)
  emit('conversation_requeued', c, a, {move = move, cause = ended_by})
  return a
end

-- A bot may take up whom it was handed back until `bot_until`.
local function no_longer_handed_back(c)
  if not c.f.bot_until then return end
  set(c, 'bot_until', nil)
  no_longer_at('hand_back', c.id, c.f.bot_back)
end

-- The conversation is over for the customer: closed, or wrap_up while an agent still writes.
local function finish(c, move, outcome, a, cause)
  go(c, move)
  no_max_wait(c)
  no_transfer(c)
  no_longer_handed_back(c)
  if outcome then set(c, 'outcome', outcome) end
  local data = {move = move, cause = cause}
  if c.f.state == 'closed' then
    if not c.f.outcome then set(c, 'outcome', 'completed') end
    data.outcome = c.f.outcome
    set(c, 'closed_at', now)
    lift_all(c)
    emit('conversation_closed', c, a, data)
  else
    emit('conversation_ended', c, a, data)
  end
end

-- Callbacks: the customer is called once an agent took the conversation, on a channel whose id is
-- decided here, so that nobody dials twice. What becomes of the call clears `cb_dialling`.

local function begin_dial(c)
  set(c, 'cb_tries', num(c, 'cb_tries') + 1)
  set(c, 'cb_dialling', '1')
  set(c, 'channel_id', 'callback-' .. c.id .. '-' .. digits(now))
  at(now + rules.callback_dial, 'dial', c.id, c.f.channel_id)
end

local function end_dial(c)
  no_longer_at('dial', c.id, c.f.channel_id)
  set(c, 'cb_dialling', nil)
end

local function hold_back(c, until_)
  set(c, 'cb_not_before', until_)
  at(until_, 'callback', c.id)
end

local function no_longer_held_back(c)
  if not c.f.cb_not_before then return end
  set(c, 'cb_not_before', nil)
  no_longer_at('callback', c.id)
end

-- Nobody answered. The agent is free at once and owes no wrap-up: there was no talk.
local function miss(c, cause)
  local a
  if c.f.state == 'active' then
    go(c, 'requeue')
    a = let_go(c, 'requeue', cause)
  end
  end_dial(c)
  set(c, 'channel_id', nil)
  if num(c, 'cb_tries') >= rules.callback_tries then
    return finish(c, 'fail', 'failed', a, 'not_reached')
  end
  hold_back(c, now + rules.callback_retry)
  emit('callback_missed', c, a, {cause = cause, tries = num(c, 'cb_tries')})
end

local function refuse_dialling(c)
  if c.f.cb_dialling then refuse('WRONG_STATE', 'the customer has not answered yet') end
end

-- Out of the queue, back to the dialplan.
local function leave_queue(c, result)
  if not c.f.channel_id or c.f.cb_dialling then refuse('WRONG_STATE', 'nobody is on the line') end
  if c.f.state == 'offered' then withdraw(c, 'exit') end
  set(c, 'result', result)
  finish(c, 'exit', 'transferred', nil, result)
end

-- Bots: who has the caller.

local function here(c)
  no_longer_handed_back(c)
  set(c, 'bot_has', nil)
  set(c, 'bot_stays', nil)
end

-- The caller waits at the place they had. Where their channel is, telephony finds out: it stays
-- `bot_has` until it is seen with us.
local function lose_bot(c, cause)
  no_longer_handed_back(c)
  set(c, 'bot_stays', nil)
  if c.f.state ~= 'bot' then return emit('conversation_updated', c, nil, {cause = cause}) end
  go(c, 'queue')
  if not c.f.skills then set(c, 'skills', '') end
  if not c.f.priority then set(c, 'priority', '0') end
  if not c.f.queued_at then set(c, 'queued_at', now) end
  emit('conversation_queued', c, nil, {move = 'queue', cause = cause})
end

local function end_talk(c, ended_by)
  -- The agent gave up before the customer answered: the call is taken back, and counts as a try.
  if c.f.cb_dialling then return put_back(c, 'requeue', ended_by) end
  after(c, 'end')
  local a = let_go(c, 'end', ended_by)
  finish(c, 'end', nil, a, ended_by)
end

local function close_wrap_up(c, n, cause)
  local a = object('a', c.f['s' .. n .. ':agent'])
  set(c, 's' .. n .. ':wrap_up', 'closed')
  set(c, '_open', num(c, '_open') - 1)
  set(a, 'wrap_ups', num(a, 'wrap_ups') - 1)
  set(a, 'idle', now)
  later('SREM', P .. ':writes:' .. a.id, c.id .. '\n' .. n)
  no_longer_at('wrap_up', c.id, digits(n))
  emit('wrap_up_closed', c, a, {segment = n, cause = cause})
  redial_after_wrap_up(a)
  if c.f.state == 'wrap_up' and num(c, '_open') == 0 then finish(c, 'wrap_up_closed') end
end

-- The newest segment of an agent, and whether their wrap-up is open; an open one comes first.
local function segment_of(c, agent_id)
  local newest
  for n = num(c, 'segments'), 1, -1 do
    if c.f['s' .. n .. ':agent'] == agent_id then
      if c.f['s' .. n .. ':wrap_up'] == 'open' then return n, true end
      newest = newest or n
    end
  end
  return newest, false
end

-- Calls outside. One more of an agent's calls to numbers of this day (UTC); `day_limit` 0: no limit.

local DAY = 86400000

local function spend_dial(a)
  local limit = tonumber(arg.day_limit or '0')
  if limit == 0 then return end
  local key = P .. ':dials:' .. a.id .. ':' .. digits(math.floor(now / DAY))
  if tonumber(call('GET', key) or '0') >= limit then
    refuse('DIAL_LIMIT', 'you have made all ' .. digits(limit) .. ' calls outside of this day')
  end
  later('INCR', key)
  later('PEXPIRE', key, digits(2 * DAY))
end
