return function()
  local c, a = the_conversation(), the_agent()
  local n, open = segment_of(c, a.id)
  if not n then not_yours() end
  if not open then
    if c.f['s' .. n .. ':wrap_up'] == 'closed' then return end
    refuse('WRONG_STATE', 'no wrap-up is open')
  end
  if arg.notes then set(c, 's' .. n .. ':notes', arg.notes) end
  if arg.disposition then set(c, 's' .. n .. ':disposition', arg.disposition) end
  close_wrap_up(c, n)
end
