-- A blind transfer: the agent's part ends with a wrap-up, and the conversation waits at its old age
-- for other skills, or for one agent. Its own skills stay with it while it waits for that agent:
-- to those it comes back.
-- The same words again, by the same agent, while nobody took it yet.
local function done_already(c)
  local n = num(c, 'segments')
  local waits = c.f.state == 'queued' or c.f.state == 'offered'
  return waits and c.f['s' .. n .. ':ended_by'] == 'transfer' and c.f['s' .. n .. ':agent'] == arg.agent
    and c.f._transfer == (arg.to or arg.skills)
end

return function()
  local c, a = the_conversation(), the_agent()
  if done_already(c) then return end
  after(c, 'transfer')
  if c.f.agent ~= a.id then not_yours() end
  refuse_dialling(c)
  if arg.to == a.id then refuse('WRONG_STATE', 'you have it already') end
  local to = arg.to and object('a', arg.to)
  if arg.to and not to then refuse('UNKNOWN_AGENT', 'no agent ' .. arg.to) end
  go(c, 'transfer')
  let_go(c, 'transfer', 'transfer')
  if arg.skills then set(c, 'skills', arg.skills) end
  set(c, 'routed_to', arg.to)
  set(c, '_transfer', arg.to or arg.skills)
  emit('conversation_transferred', c, a, {move = 'transfer', to = arg.to, skills = arg.skills, need = c.f.skills})
  if not to then return end
  if may_take_it(to, c.f.channel) then
    at(now + tonumber(arg.within), 'transfer', c.id, c.f.segments)
  else
    release_tie(c, 'not_available')
  end
end
