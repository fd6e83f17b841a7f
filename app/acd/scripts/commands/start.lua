return function()
  local c = object('c', arg.conversation)
  if c then
    if c.f.state == 'closed' then refuse('WRONG_STATE', 'cannot start while closed') end
    touch(c)
    return
  end
  c = arrive()
  set(c, 'skills', arg.skills)
  go(c, 'start')
  emit('conversation_started', c, nil, {move = 'start'})
end
