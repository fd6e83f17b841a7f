-- Digits are about to be sent to the customer: once for each command id.
return function()
  local c, a = the_conversation(), the_agent()
  if c.f.state ~= 'active' then refuse('WRONG_STATE', 'nobody is talking') end
  if c.f.agent ~= a.id then not_yours() end
  refuse_dialling(c)
  if c.f.channel ~= 'voice' then refuse('WRONG_STATE', 'it is no call') end
  if c.f.held or c.f.rejoin_until then refuse('WRONG_STATE', 'the customer cannot hear you') end
  emit('digits_sent', c, a, {count = tonumber(arg.count)})
end
