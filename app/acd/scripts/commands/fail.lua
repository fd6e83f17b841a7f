return function()
  local c = the_conversation()
  if c.f.cb_dialling then return miss(c, 'failed') end
  if c.f.state == 'wrap_up' or c.f.state == 'closed' then return end
  if c.f.state == 'offered' then withdraw(c, 'failed') end
  local a
  if c.f.state == 'active' then a = let_go(c, 'fail', 'failed') end
  finish(c, 'fail', 'failed', a, arg.detail)
end
