return function()
  local a = the_agent()
  local was_open = num(a, 'inbox') > now
  set(a, 'inbox', arg['until'])
  local open = num(a, 'inbox') > now
  if open then at(num(a, 'inbox'), 'inbox', a.id) else no_longer_at('inbox', a.id) end
  set(a, '_closed', nil)
  if arg.closes then
    at(tonumber(arg.closes), 'closing', a.id)
  else
    no_longer_at('closing', a.id)
  end
  if open ~= was_open then
    emit('agent_changed', nil, a, {cause = open and 'inbox_opened' or 'inbox_closed'})
  end
end
