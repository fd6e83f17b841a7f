return function()
  local c = the_conversation()
  if c.f.state ~= 'bot' or not c.f.bot_until then return end
  set(c, 'bot_until', now + tonumber(arg.within))
  at(num(c, 'bot_until'), 'hand_back', c.id, c.f.bot_back)
end
