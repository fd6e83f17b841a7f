return function()
  local c, a = the_conversation(), the_agent()
  local n, open = segment_of(c, a.id)
  if not n then not_yours() end
  if not open and c.f['s' .. n .. ':to'] then refuse('WRONG_STATE', 'your part is closed') end
  if (c.f['s' .. n .. ':notes'] or '') ~= arg.notes then
    set(c, 's' .. n .. ':notes', arg.notes)
    emit('conversation_updated', c, a, {cause = 'notes'})
  end
end
