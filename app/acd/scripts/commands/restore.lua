-- An open conversation comes back from SQL after Redis lost it. An offer is not restored: the
-- conversation waits at its old place and is offered anew.
local function restore_wrap_ups(c)
  for n = 1, num(c, 'segments') do
    if c.f['s' .. n .. ':wrap_up'] == 'open' then
      local a = object('a', c.f['s' .. n .. ':agent'])
      if a then
        open_wrap_up(c, a, n)
      else -- nobody is left who could write
        set(c, 's' .. n .. ':wrap_up', 'closed')
      end
    end
  end
end

local function restore_owner(c)
  local a = object('a', c.f.agent)
  local channel = c.f.channel
  if not a or (channel == 'voice' and num(a, 'load_voice') > 0) then
    local n = num(c, 'segments')
    set(c, 's' .. n .. ':to', now)
    set(c, 's' .. n .. ':ended_by', 'lost')
    set(c, 'agent', nil)
    set(c, 'rec_paused', nil)
    set(c, 'state', 'queued')
    return
  end
  -- What they were offered meanwhile may be more than they can take beside this one.
  if a.f.offer then withdraw(object('c', a.f.offer), 'restored') end
  set(a, 'load_' .. channel, num(a, 'load_' .. channel) + 1)
  if channel == 'voice' then set(a, '_call', c.id) end
  later('SADD', P .. ':mine:' .. a.id, c.id)
  emit('agent_changed', nil, a, {cause = 'restored'})
end

-- Transferred to one agent: they get their time anew, then it goes to its skills.
local function restore_transfer(c)
  local n = num(c, 'segments')
  if c.f.routed_to and c.f['s' .. n .. ':ended_by'] == 'transfer' then
    set(c, '_transfer', c.f.routed_to)
    at(now + tonumber(arg.within), 'transfer', c.id, digits(n))
  end
end

-- A bot that was to take the caller gets its time anew.
local function restore_hand_back(c)
  if not c.f.bot_until then return end
  set(c, 'bot_until', now + tonumber(arg.take))
  at(num(c, 'bot_until'), 'hand_back', c.id, c.f.bot_back)
end

local function restore_deadlines(c)
  restore_hand_back(c)
  if c.f.leave_at then at(num(c, 'leave_at'), 'max_wait', c.id) end
  if c.f.cb_not_before then at(num(c, 'cb_not_before'), 'callback', c.id) end
  if c.f.cb_dialling then at(now + rules.callback_dial, 'dial', c.id, c.f.channel_id) end
end

return function()
  local known = object('c', arg.conversation)
  if known then
    touch(known)
    return
  end
  local c = create('c', arg.conversation)
  for field, value in pairs(arg) do
    if string.sub(field, 1, 2) == 'f:' then set(c, string.sub(field, 3), value) end
  end
  set(c, 'version', now)
  if c.f.state == 'offered' then set(c, 'state', 'queued') end
  restore_wrap_ups(c)
  if c.f.state == 'active' then restore_owner(c) end
  if c.f.state == 'wrap_up' and num(c, '_open') == 0 then finish(c, 'wrap_up_closed') end
  if c.f.state == 'queued' then restore_transfer(c) end
  restore_deadlines(c)
  if c.f.state == 'queued' and not c.f.queued_at then set(c, 'queued_at', c.f.created_at) end
  emit('conversation_updated', c, nil, {cause = 'restored'})
end
