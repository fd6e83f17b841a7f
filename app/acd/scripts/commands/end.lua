local function ended_mine(c)
  local n = num(c, 'segments')
  local over = c.f.state == 'wrap_up' or c.f.state == 'closed'
  return over and n > 0 and c.f['s' .. n .. ':agent'] == arg.agent
end

return run(function()
  local c = the_conversation()
  if arg.agent and ended_mine(c) then return end
  after(c, 'end')
  if arg.agent and c.f.agent ~= arg.agent then not_yours() end
  end_talk(c, arg.ended_by)
end)
