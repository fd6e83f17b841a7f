-- Asterisk shows this agent talking with a customer who still waits by what we know.
return function()
  local c, a = the_conversation(), the_agent()
  if c.f.agent == a.id then return end
  if num(a, 'load_voice') > 0 then refuse('WRONG_STATE', 'the agent is on another call') end
  if c.f.state == 'offered' then withdraw(c, 'restored') end
  if a.f.offer then withdraw(object('c', a.f.offer), 'restored') end
  if c.f.cb_dialling then end_dial(c) end
  go(c, 'pick')
  take(c, a)
  emit('conversation_picked', c, a, {move = 'pick', cause = 'restored'})
end
