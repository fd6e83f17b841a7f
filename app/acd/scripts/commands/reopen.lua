-- A customer writes again: what was over waits for people, from now on. Once archived it may have
-- left Redis; then it is made again from the archive's copy. What is not over stays as it is.
return run(function()
  local c = object('c', arg.conversation)
  if not c then
    c = create('c', arg.conversation)
    for field, value in pairs(arg) do
      if string.sub(field, 1, 2) == 'f:' then set(c, string.sub(field, 3), value) end
    end
    set(c, 'version', now)
  end
  if c.f.channel == 'voice' then refuse('WRONG_STATE', 'a call that is over does not go on') end
  if c.f.state ~= 'closed' and c.f.state ~= 'wrap_up' then
    touch(c)
    return
  end
  go(c, 'return')
  for _, field in ipairs({'outcome', 'closed_at', 'result', 'routed_to'}) do set(c, field, nil) end
  local same = arg.to and object('a', arg.to)
  if same and same.f.status ~= 'offline' then set(c, 'routed_to', same.id) end
  set(c, 'queued_at', now)
  emit('conversation_returned', c, nil, {move = 'return'})
end)
