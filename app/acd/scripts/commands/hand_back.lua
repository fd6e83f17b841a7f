return run(function()
  local c = the_conversation()
  after(c, 'hand_back')
  if c.f.agent ~= arg.agent then not_yours() end
  if c.f.state == 'offered' then withdraw(c, 'hand_back') end
  local a
  if c.f.state == 'active' then a = let_go(c, 'hand_back', 'hand_back') end
  go(c, 'hand_back')
  emit('conversation_handed_back', c, a, {move = 'hand_back'})
end)
