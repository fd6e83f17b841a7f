-- A customer writes again: what was over waits for people, from now on. Once archived it may have
-- left Redis; then it is made again from the archive's copy. What is not over stays as it is.
-- A chat waits for the same agent for `within` at most, and only if they may take it now.
local function same_agent(c)
  local same = arg.to and object('a', arg.to)
  if not same then return end
  if not arg.within then return same.f.status ~= 'offline' and same or nil end
  return may_take_it(same, c.f.channel) and same or nil
end

return function()
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
  go(c, arg.bot and 'resume' or 'return')
  for _, field in ipairs({'outcome', 'closed_at', 'result', 'routed_to'}) do set(c, field, nil) end
  if arg.bot then
    set(c, 'queued_at', nil)
    emit('conversation_started', c, nil, {move = 'resume'})
    return
  end
  if not c.f.skills then set(c, 'skills', '') end
  if not c.f.priority then set(c, 'priority', '0') end
  local same = same_agent(c)
  if same then set(c, 'routed_to', same.id) end
  if same and arg.within then
    set(c, '_transfer', same.id)
    at(now + tonumber(arg.within), 'transfer', c.id, c.f.segments)
  end
  set(c, 'queued_at', now)
  emit('conversation_returned', c, nil, {move = 'return'})
end
