-- A consult: the agent lets their customer wait with music and asks somebody else.
--
-- An agent is sought like for any conversation, with offers, refusals and deadlines. So the search
-- is a conversation of its own in here, the seeker: `c:<conversation>` with a tab and a number
-- behind it. It is on no list and nobody outside sees it: its events name the conversation
-- (`emit`), and what it has come to stands in the conversation's consult_ fields. A number outside
-- has no seeker. The state is the conversation's field `consult`; none when there is no consult.

local SHOWN = {
  'agent', 'offer_agent', 'offered_at', 'expires_at', 'rang', 'attempts',
  'why_skills', 'why_eligible', 'why_idle', 'why_how', 'why_level',
}

-- A colleague to whom a conversation may be passed now.
local function may_take_it(a, channel)
  if a.f.status ~= 'available' then return false end
  return channel ~= 'voice' or a.f.leg ~= 'disconnected'
end

-- The conversation that a seeker seeks for.
local function sought_for(k) return object('c', k.f._of) end

local function seeker_of(c)
  return c.f.consult and c.f._seeker and object('c', c.f._seeker) or nil
end

-- What is held out under this id to the agent who asks: the conversation, or a consult about it.
local function the_offered()
  local c = the_conversation()
  local k = seeker_of(c)
  return k and (k.f.offer_agent == arg.agent or k.f.agent == arg.agent) and k or c
end

local function is_consulted(c, agent_id)
  local k = seeker_of(c)
  return k and k.f.agent == agent_id or false
end

-- Whether the latest consult came to this end by the agent who asks now.
local function ended_consult(c, cause)
  return not c.f.consult and arg.agent ~= nil and c.f._consult_ended == cause .. '\n' .. arg.agent
end

local function move_consult(c, move)
  local to = CONSULT[c.f.consult or 'none'][move]
  if not to then
    local words = c.f.consult and ('while the consult is ' .. c.f.consult) or 'without a consult'
    refuse('WRONG_STATE', 'cannot ' .. move .. ' ' .. words)
  end
  set(c, 'consult', to ~= 'none' and to or nil)
end

-- Its phone is to be looked at again.
local function nudge(a)
  if a then set(a, 'version', num(a, 'version') + 1) end
end

-- Agents who are signed in and whom this search has not asked yet, the owner left out.
local function askable(c, skills, asked)
  local count = -asked
  local sets = call('HGETALL', P .. ':agent_names')
  for i = 1, #sets, 2 do
    if covers(sets[i + 1], skills) then
      count = count + (tonumber(call('HGET', P .. ':signed', sets[i])) or 0)
    end
  end
  local owner = object('a', c.f.agent)
  if owner and owner.f._signed and covers(owner.f.skills, skills) then count = count - 1 end
  return count
end

local function seek(c, n)
  local id = c.id .. '\t' .. n
  local k = {key = P .. ':c:' .. id, kind = 'c', id = id, f = {}, written = {}}
  objects[k.key] = k
  for _, field in ipairs({'channel', 'customer', 'language', 'priority'}) do set(k, field, c.f[field]) end
  set(k, '_of', c.id)
  set(k, 'id', id)
  set(k, 'version', now)
  set(k, 'state', 'queued')
  set(k, 'created_at', now)
  set(k, 'queued_at', c.f.queued_at or now)
  set(k, 'skills', arg.skills or '')
  set(k, 'routed_to', arg.to)
  -- A phone is rung once for each attempt at a conversation: no two may have the same number.
  set(k, 'attempts', n * 1000)
  set(c, '_seeker', id)
end

local function begin_consult(c, a)
  move_consult(c, 'start')
  local n = num(c, 'consults') + 1
  set(c, 'consults', n)
  set(c, 'consult_since', now)
  set(c, 'consult_skills', arg.skills)
  set(c, 'consult_to', arg.to)
  set(c, 'consult_number', arg.number)
  set(c, 'held', '1')
  if arg.number then spend_dial(a) end
  if not arg.number then seek(c, n) end
  at(now + tonumber(arg.within), 'consult', c.id)
  emit('consult_started', c, a, {to = arg.to or arg.number, skills = arg.skills})
end

local function answer_consult(c)
  move_consult(c, 'answer')
  set(c, 'consult_since', now)
  no_longer_at('consult', c.id)
  nudge(object('a', c.f.agent))
end

-- The customer and the consulted change places.
local function swap_consult(c, a)
  move_consult(c, 'swap')
  set(c, 'held', c.f.consult == 'talking' and '1' or nil)
  set(c, 'consult_since', now)
  local k = seeker_of(c)
  nudge(k and object('a', k.f.agent))
  emit('consult_swapped', c, a, {state = c.f.consult})
end

-- The seeker's part is over, whatever it was.
local function dismiss(k)
  if k.f.state == 'offered' then withdraw(k, 'consult_ended') end
  if k.f.state == 'active' then nudge(let_go(k, 'requeue', 'consult_ended')) end
  lift_all(k)
  set(k, 'state', 'closed')
  k.removed = true
end

local function clear_consult(c, k, cause, by)
  no_longer_at('consult', c.id)
  if k then dismiss(k) end
  for field in pairs(c.f) do
    if string.sub(field, 1, 8) == 'consult_' then set(c, field, nil) end
  end
  set(c, '_seeker', nil)
  set(c, 'held', nil)
  set(c, '_consult_ended', cause .. '\n' .. (by or ''))
end

-- The consulted is let go, and the customer comes back to their agent.
function end_consult(c, cause)
  if not c.f.consult then return end
  local a, k = object('a', c.f.agent), seeker_of(c)
  local by = cause == 'consulted' and k and k.f.agent or c.f.agent
  move_consult(c, 'end')
  clear_consult(c, k, cause, by)
  emit('consult_ended', c, a, {cause = cause})
  return a
end

-- The seeker will find nobody.
function end_search(k, cause) return end_consult(sought_for(k), cause) end

-- The customer goes to the consulted; their agent writes.
local function complete_consult(c)
  local a, k = object('a', c.f.agent), seeker_of(c)
  local number, why = c.f.consult_number, {}
  move_consult(c, 'complete')
  local b = k and object('a', k.f.agent)
  for _, field in ipairs({'attempts', 'why_skills', 'why_eligible', 'why_idle', 'why_how', 'why_level'}) do
    why[field] = k and k.f[field]
  end
  clear_consult(c, k, 'complete', a.id)
  emit('consult_ended', c, a, {cause = 'complete'})
  if number then
    set(c, 'forward_to', number)
    set(c, 'forward_joined', c.f.consults)
    emit('conversation_transferred', c, a, {to = number})
    let_go(c, 'end', 'transfer')
    return finish(c, 'end', 'transferred', a, 'transfer')
  end
  go(c, 'complete')
  let_go(c, 'complete', 'transfer')
  for field, value in pairs(why) do set(c, field, value) end
  set(c, 'routed_to', nil)
  take(c, b)
  nudge(b)
  emit('conversation_transferred', c, a, {move = 'complete', to = b.id})
end

-- Everybody who could be asked said no: why wait for the clock?
local function give_up_in_vain(k)
  local asked = #exclusions(k)
  if k.f.state ~= 'queued' or k.f.routed_to or asked == 0 then return end
  local c = sought_for(k)
  if askable(c, k.f.skills, asked) > 0 then return end
  end_consult(c, 'nobody')
  index_need(k)
  index_conversation(k)
end

local function show_seeker(k)
  local c = sought_for(k)
  for _, field in ipairs(SHOWN) do set(c, 'consult_' .. field, k.f[field]) end
  local refused = table.concat(exclusions(k), '\n')
  set(c, 'consult_refused', refused ~= '' and refused or nil)
end

-- After routing: what came of each search is shown on its conversation.
local function settle_consults()
  for i = 1, #touched do
    local o = touched[i]
    if o.kind == 'c' and o.f._of then
      if not o.removed then give_up_in_vain(o) end
      if not o.removed then show_seeker(o) end
    end
  end
end
