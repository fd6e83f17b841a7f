-- Nobody answered where the customer was transferred to: they wait again, at their old age, for
-- the skills they had.
return function()
  local c = the_conversation()
  if c.f.outcome ~= 'transferred' then refuse('WRONG_STATE', 'it was not sent on') end
  go(c, 'return')
  set(c, 'forward_to', nil)
  set(c, 'forward_joined', nil)
  set(c, 'outcome', nil)
  set(c, 'closed_at', nil)
  set(c, 'result', nil)
  set(c, 'routed_to', nil)
  if not c.f.queued_at then set(c, 'queued_at', c.f.created_at) end
  max_wait(c, now)
  emit('conversation_returned', c, nil, {move = 'return'})
end
