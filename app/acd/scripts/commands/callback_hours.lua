-- A callback outside opening hours is neither offered nor counted as waiting until they open; with
-- no `not_before`: they are open again, earlier than was known.
return function()
  local c = the_conversation()
  if not c.f.cb or c.f.channel_id or c.f.cb_dialling then return end
  if c.f.state ~= 'queued' and c.f.state ~= 'offered' then return end
  local until_ = tonumber(arg.not_before)
  if not until_ then
    if not c.f.cb_hours then return end
    set(c, 'cb_hours', nil)
    no_longer_held_back(c)
    return emit('callback_due', c)
  end
  if num(c, 'cb_not_before') >= until_ then return end
  if c.f.state == 'offered' then withdraw(c, 'hours') end
  no_longer_held_back(c)
  hold_back(c, until_)
  set(c, 'cb_hours', '1')
  emit('callback_held', c, nil, {cause = 'hours'})
end
