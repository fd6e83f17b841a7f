-- The same agent again, and the bot has it since.
local function done_already(c)
  local n = num(c, 'segments')
  local last = 's' .. n .. ':'
  return c.f.state == 'bot' and n > 0 and c.f[last .. 'ended_by'] == 'hand_back'
    and (c.f[last .. 'agent'] == arg.agent or arg.supervisor)
end

local function may(c)
  after(c, 'hand_back')
  if c.f.agent ~= arg.agent and not arg.supervisor then not_yours() end
  if c.f.channel ~= 'voice' then return end
  refuse_dialling(c)
  if not c.f.bot_app then
    refuse('WRONG_STATE', 'no bot to hand it back to: this call came to people without one')
  end
  if not c.f.channel_id then refuse('WRONG_STATE', 'nobody is on the line') end
end

-- A call is moved to its bot, and that has `within` ms to take it up.
local function give(c)
  if c.f.channel ~= 'voice' then return end
  set(c, 'bot_back', num(c, 'bot_back') + 1)
  set(c, 'bot_has', '1')
  set(c, 'bot_until', now + tonumber(arg.within))
  at(num(c, 'bot_until'), 'hand_back', c.id, c.f.bot_back)
end

return function()
  local c = the_conversation()
  if done_already(c) then return end
  may(c)
  local n, a = num(c, 'segments'), nil
  if c.f.state == 'offered' then withdraw(c, 'hand_back') end
  if c.f.state == 'active' then
    if arg.notes and c.f.agent == arg.agent then set(c, 's' .. n .. ':notes', arg.notes) end
    set(c, 'bot_notes', arg.notes or c.f['s' .. n .. ':notes'])
    a = let_go(c, 'hand_back', 'hand_back')
    if c.f.routed_to == a.id then release_tie(c, 'hand_back') end
  end
  go(c, 'hand_back')
  no_max_wait(c)
  give(c)
  emit('conversation_handed_back', c, a, {move = 'hand_back'})
end
