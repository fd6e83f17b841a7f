-- What the agent does with their consult: swap, complete, cancel. The last two may be repeated.
return function()
  local c, a = the_conversation(), the_agent()
  if arg.what ~= 'swap' and ended_consult(c, arg.what) then return end
  if c.f.state ~= 'active' then refuse('WRONG_STATE', 'nobody is talking') end
  if c.f.agent ~= a.id then not_yours() end
  if not c.f.consult then refuse('WRONG_STATE', 'there is no consult') end
  if arg.what == 'swap' then return swap_consult(c, a) end
  if arg.what == 'complete' then return complete_consult(c) end
  end_consult(c, 'cancel')
end
