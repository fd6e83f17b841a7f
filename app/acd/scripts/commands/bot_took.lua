return function()
  local c = the_conversation()
  if c.f.state ~= 'bot' or not c.f.bot_until then return end
  no_longer_handed_back(c)
  emit('bot_took', c)
end
