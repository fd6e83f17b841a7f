-- The customer who was called is on the line: with the agent, or in the queue if the agent has gone.
return function()
  local c = the_conversation()
  if not c.f.cb_dialling or c.f.channel_id ~= arg.channel then return end
  end_dial(c)
  emit('callback_answered', c, c.f.agent and object('a', c.f.agent) or nil)
end
