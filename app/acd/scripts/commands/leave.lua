return function()
  local c = the_conversation()
  if arg.channel and c.f.channel_id ~= arg.channel then return end
  if arg.state and c.f.state ~= arg.state then return end
  if c.f.cb_dialling then return miss(c, 'no_answer') end
  if c.f.state == 'wrap_up' or c.f.state == 'closed' then return end
  if c.f.state == 'active' then return end_talk(c, 'customer') end
  if c.f.state == 'offered' then withdraw(c, 'customer') end
  finish(c, 'leave', arg.outcome, nil, 'customer')
end
