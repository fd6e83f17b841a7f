return function()
  local c = the_conversation()
  if not c.f.bot_has or c.f.channel_id ~= arg.channel then return end
  here(c)
  emit('conversation_updated', c, nil, {cause = 'here'})
end
