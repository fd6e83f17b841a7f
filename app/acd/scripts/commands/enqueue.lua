-- A hand-over may bring news about a conversation that the bot opened before.
local function refresh(c)
  local news = false
  for _, field in ipairs({'channel_id', 'entry', 'flow', 'parameters', 'sentiment', 'bot_app'}) do
    if arg[field] and c.f[field] ~= arg[field] then
      news = true
      set(c, field, arg[field])
    end
  end
  if c.f.faults ~= arg.faults then
    news = true
    set(c, 'faults', arg.faults)
  end
  return news
end

local function same_request(c)
  return (c.f.state == 'queued' or c.f.state == 'offered')
    and c.f.skills == arg.skills
    and c.f.priority == arg.priority
    and c.f.routed_to == arg.routed_to
end

-- The bot keeps the caller until an agent accepts; true when that is news.
local function stay(c)
  if not arg.stays then return false end
  local wanted = arg.stays == '1' and '1' or nil
  if wanted and not c.f.bot_has then
    refuse('WRONG_STATE', 'no bot has the caller: to stay, open the conversation with channel_id')
  end
  local news = c.f.bot_stays ~= wanted
  set(c, 'bot_stays', wanted)
  return news
end

-- How the caller leaves the queue otherwise than by an agent; a call says so once it is here.
local function way_out(c)
  local key = arg.exit_key and c.f.exit_key ~= arg.exit_key
  local longest = arg.max_wait and not c.f.leave_at and num(c, 'segments') == 0
  if key then set(c, 'exit_key', arg.exit_key) end
  if longest then max_wait(c, num(c, 'queued_at')) end
  return key or longest
end

-- Its bot named no channel, and people were asked before the caller came, or have accepted: they
-- come to what stands, which is newer than what their channel says.
local function comes_late(c)
  return arg.here and arg.channel_id and not c.f.channel_id and not c.f.cb
    and (c.f.state == 'offered' or c.f.state == 'active')
end

return function()
  local c = object('c', arg.conversation)
  if not c and not arg.arrival then the_conversation() end
  c = c or arrive()
  touch(c)
  local came = arg.here and c.f.bot_has
  if came then here(c) end
  if comes_late(c) then
    refresh(c)
    if c.f.state == 'offered' then way_out(c) end
    return emit('conversation_updated', c, c.f.agent and object('a', c.f.agent) or nil, {cause = 'here'})
  end
  if same_request(c) then
    local news = refresh(c) or came
    news = stay(c) or news
    if way_out(c) or news then emit('conversation_updated', c, nil, {cause = 'queue'}) end
    return
  end
  after(c, 'queue')
  local waited = c.f.state == 'queued' or c.f.state == 'offered'
  if c.f.state == 'offered' then withdraw(c, 'moved') end
  go(c, 'queue')
  refresh(c)
  stay(c)
  no_longer_handed_back(c)
  if waited then lift_all(c) end -- who refused the old request was not asked about this one
  set(c, 'skills', arg.skills)
  set(c, 'priority', arg.priority)
  set(c, 'routed_to', arg.routed_to)
  if arg.reason then set(c, 'reason', arg.reason) end
  if not c.f.queued_at then
    set(c, 'queued_at', math.min(tonumber(arg.queued_at) or now, now))
  end
  way_out(c)
  emit('conversation_queued', c, nil, {move = 'queue', need = arg.skills})
end
