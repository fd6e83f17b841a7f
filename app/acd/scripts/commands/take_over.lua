-- A supervisor takes a conversation, wherever it is: from the bot, out of the queue, or from its
-- agent, who writes about their part.
local function refuse_unable(c, a)
  local channel = c.f.channel
  if a.f.offer then refuse('WRONG_STATE', 'something is offered to you: take it or reject it first') end
  if channel ~= 'voice' then
    if num(a, 'load_' .. channel) >= num(a, 'cap_' .. channel) then
      refuse('WRONG_STATE', 'you have as many as your cap allows')
    end
    return
  end
  refuse_dialling(c)
  if not c.f.channel_id then refuse('WRONG_STATE', 'nobody is on the line') end
  if num(a, 'load_voice') > 0 then refuse('WRONG_STATE', 'you are on a call') end
  refuse_without_leg(a)
end

local function reasons(c, a)
  set(c, 'why_skills', c.f.skills)
  set(c, 'why_eligible', '')
  set(c, 'why_idle', math.max(0, now - num(a, 'idle')))
  set(c, 'why_how', 'taken_over')
  set(c, 'why_level', nil)
end

return function()
  local c, a = the_conversation(), the_agent()
  if c.f.state == 'active' and c.f.agent == a.id then return end
  after(c, 'take_over')
  refuse_unable(c, a)
  local from, left = c.f.state, nil
  if a.f.watch then end_watch(a, 'taken_over') end
  if from == 'offered' then withdraw(c, 'take_over') end
  if from == 'active' then left = let_go(c, 'take_over', 'take_over') end
  go(c, 'take_over')
  no_longer_held_back(c)
  no_longer_handed_back(c)
  set(c, 'bot_stays', nil) -- its channel is fetched while `bot_has` stands
  if not c.f.skills then set(c, 'skills', '') end
  if not c.f.priority then set(c, 'priority', '0') end
  set(c, 'routed_to', nil)
  if not c.f.queued_at then set(c, 'queued_at', now) end
  set(c, 'attempts', num(c, 'attempts') + 1) -- the phone is rung once for each
  reasons(c, a)
  take(c, a)
  emit('conversation_taken_over', c, a, {
    move = 'take_over', state = from, from = left and left.id, attempt = num(c, 'attempts'),
  })
end
