-- Whom we are to call is on the line themselves: the same conversation, at its own age.
local JOINS = {queued = true, offered = true, active = true}

return function()
  local c = the_conversation()
  if c.f.channel_id == arg.channel and not c.f.cb_dialling then return end
  local nobody = not c.f.channel_id or c.f.cb_dialling
  if not c.f.cb or not nobody or not JOINS[c.f.state] then
    refuse('WRONG_STATE', 'it is no callback that waits')
  end
  if c.f.cb_dialling then end_dial(c) end
  no_longer_held_back(c)
  set(c, 'cb_hours', nil)
  set(c, 'channel_id', arg.channel)
  if c.f.state == 'queued' and arg.skills ~= '' then set(c, 'skills', arg.skills) end
  if arg.exit_key then set(c, 'exit_key', arg.exit_key) end
  if c.f.state ~= 'active' then max_wait(c, now) end
  emit('callback_joined', c, c.f.agent and object('a', c.f.agent) or nil, {need = c.f.skills})
end
