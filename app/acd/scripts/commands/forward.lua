-- A blind transfer to a number outside: over for us as soon as the customer leaves, and come_back
-- takes it back when nobody answers there.
return function()
  local c, a = the_conversation(), the_agent()
  local n = num(c, 'segments')
  local mine = n > 0 and c.f['s' .. n .. ':agent'] == a.id
  if c.f.state == 'wrap_up' and mine and c.f.forward_to == arg.number then return end
  after(c, 'end')
  if c.f.agent ~= a.id then not_yours() end
  refuse_dialling(c)
  if c.f.channel ~= 'voice' then refuse('WRONG_STATE', 'it is no call') end
  if c.f.rejoin_until then refuse('WRONG_STATE', 'your phone is not connected') end
  spend_dial(a)
  set(c, 'forward_to', arg.number)
  emit('conversation_transferred', c, a, {to = arg.number})
  let_go(c, 'end', 'transfer')
  finish(c, 'end', 'transferred', a, 'transfer')
end
