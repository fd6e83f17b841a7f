local function ended_mine(c)
  local n = num(c, 'segments')
  local over = c.f.state == 'wrap_up' or c.f.state == 'closed'
  return over and n > 0 and c.f['s' .. n .. ':agent'] == arg.agent
end

return function()
  local c = the_conversation()
  if arg.agent and ended_mine(c) then return end
  if arg.agent and is_consulted(c, arg.agent) then return end_consult(c, 'consulted') end
  if c.f.agent ~= arg.agent and ended_consult(c, 'consulted') then return end
  after(c, 'end')
  if arg.agent and c.f.agent ~= arg.agent then not_yours() end
  -- Who hangs up while they consult means: you two talk now.
  local hands_over = arg.hung_up == '1' and c.f.consult and c.f.consult ~= 'offered'
  if hands_over then return complete_consult(c) end
  end_talk(c, arg.ended_by)
end
