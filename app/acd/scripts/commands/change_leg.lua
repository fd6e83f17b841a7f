local function disconnected(a)
  local offered = a.f.offer and object('c', a.f.offer)
  if offered and offered.f.channel == 'voice' then withdraw(offered, 'leg') end
  local c = a.f._call and object('c', a.f._call)
  if c and c.f._of then return end_consult(sought_for(c), 'consulted_lost') end
  if not (c and arg.lost == '1') or c.f.rejoin_until then return end
  if c.f.consult then end_consult(c, 'lost') end
  if rules.rejoin == 0 then return put_back(c, 'lose', 'lost') end
  set(c, 'rejoin_until', now + rules.rejoin)
  at(now + rules.rejoin, 'rejoin', c.id)
  emit('agent_lost', c, a, {['until'] = now + rules.rejoin})
end

local function connected(a)
  local c = a.f._call and object('c', a.f._call)
  if c and c.f.rejoin_until then
    set(c, 'rejoin_until', nil)
    no_longer_at('rejoin', c.id)
    emit('agent_rejoined', c, a)
  end
end

return function()
  local a = the_agent()
  local stood, said = a.f.leg, a.f.detail
  move_leg(a, arg.move)
  local loud = arg.move == 'ring' or arg.move == 'quiet'
  if arg.detail or not loud then set(a, 'detail', arg.detail) end
  if a.f.leg ~= stood or a.f.detail ~= said then
    emit('leg_changed', nil, a, {leg = a.f.leg, before = stood, move = arg.move})
  end
  if arg.move == 'disconnect' then
    disconnected(a)
    close_inbox(a)
  end
  if arg.move == 'connect' then connected(a) end
end
