-- Who waits on the line would rather be called: they keep their place, and may hang up.
return function()
  local c = the_conversation()
  if c.f.cb and not c.f.channel_id then return end -- pressed twice
  if c.f.state ~= 'queued' and c.f.state ~= 'offered' then
    refuse('WRONG_STATE', 'the customer does not wait')
  end
  if not c.f.channel_id or c.f.cb_dialling then refuse('WRONG_STATE', 'nobody is on the line') end
  if c.f.channel_id ~= arg.channel then refuse('WRONG_STATE', 'it is another call') end
  if c.f.state == 'offered' then withdraw(c, 'callback') end
  no_max_wait(c)
  set(c, 'cb', '1')
  set(c, 'cb_number', arg.number)
  set(c, 'cb_tries', nil)
  set(c, 'channel_id', nil)
  set(c, 'choices', nil)
  if arg.not_before then
    hold_back(c, tonumber(arg.not_before))
    set(c, 'cb_hours', '1')
  end
  emit('callback_chosen', c)
end
