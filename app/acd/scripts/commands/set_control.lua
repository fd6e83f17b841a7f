-- Hold and mute: `field` is on or off for the rest of the talk. Saying it again changes nothing.
return function()
  local c, a = the_conversation(), the_agent()
  if c.f.state ~= 'active' then refuse('WRONG_STATE', 'nobody is talking') end
  if c.f.agent ~= a.id then not_yours() end
  refuse_dialling(c)
  if c.f.channel ~= 'voice' then refuse('WRONG_STATE', 'it is no call') end
  if c.f.consult and arg.field == 'held' then
    refuse('WRONG_STATE', 'a consult is under way: swap, complete or cancel it')
  end
  local value = arg.on == '1' and '1' or nil
  if c.f[arg.field] == value then return end
  set(c, arg.field, value)
  emit(arg.event, c, a)
end
