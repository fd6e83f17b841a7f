return function()
  local a = object('a', arg.agent)
  if not a then return end
  touch(a)
  if a.f.offer then withdraw(object('c', a.f.offer), 'removed') end
  for _, id in ipairs(members(':mine:' .. a.id)) do
    local c = object('c', id)
    if c and c.f.agent == a.id then put_back(c, 'requeue', 'removed') end
  end
  for _, member in ipairs(members(':writes:' .. a.id)) do
    local id, n = unpack(words(member))
    close_wrap_up(object('c', id), tonumber(n), 'removed')
  end
  a.removed = true
  later('SREM', P .. ':agents', a.id)
  no_longer_at('inbox', a.id)
  emit('agent_removed', nil, a)
  -- What only they could get goes to whoever has the skills; nobody is left waiting for them.
  for _, channel in ipairs(CHANNELS) do
    for _, id in ipairs(call('ZRANGE', P .. ':own:' .. a.id .. ':' .. channel, 0, -1)) do
      release_tie(object('c', id), 'removed')
    end
  end
  for _, c in ipairs(touched) do
    if c.kind == 'c' and c.f.state == 'queued' and c.f.routed_to == a.id then release_tie(c, 'removed') end
  end
end
