-- The open conversation of a call that somebody has already.
local function on_this_line()
  local id = arg.channel_id and call('GET', P .. ':line:' .. arg.channel_id)
  local c = id and object('c', id)
  local over = c and (c.f.state == 'closed' or c.f.state == 'wrap_up')
  if c and not over and c.f.channel_id == arg.channel_id then return c end
end

-- The ids of one bot's conversations begin alike.
local function same_bot(id) return string.match(id, '^[^-]+-') == string.match(arg.conversation, '^[^-]+-') end

return function()
  local c = object('c', arg.conversation)
  if c then
    if c.f.state == 'closed' then refuse('WRONG_STATE', 'cannot start while closed') end
    touch(c)
    return
  end
  local other = on_this_line()
  if other then
    if other.f.state ~= 'bot' or not same_bot(other.id) then
      refuse('WRONG_STATE', 'this call is in conversation ' .. other.id .. ' already')
    end
    touch(other)
    return
  end
  c = arrive()
  set(c, 'skills', arg.skills)
  go(c, 'start')
  emit('conversation_started', c, nil, {move = 'start'})
end
