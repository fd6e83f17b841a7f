-- Routing: brings together what waits and who is idle, after every change, until nobody is
-- eligible for anything that waits. What a command did not touch was settled before, so only
-- what it touched is looked at: touched agents for work, touched conversations for an agent.
-- The smallest rank goes first, to the agent who has been idle longest.

local CHUNK = 11 -- the winner and the ten others that an offer names

local function before(a, b) -- {number, id}
  return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2])
end

local function excludes(conversation_id, agent_id)
  local c = objects[P .. ':c:' .. conversation_id]
  if c then return c.f['x:' .. agent_id] ~= nil end
  return call('HEXISTS', P .. ':c:' .. conversation_id, 'x:' .. agent_id) == 1
end

local function inbox_open(agent_id)
  local a = objects[P .. ':a:' .. agent_id]
  local until_ = a and a.f.inbox or call('HGET', P .. ':a:' .. agent_id, 'inbox')
  return (tonumber(until_) or 0) > now
end

-- The first that does not exclude the agent, if it is before `best`; and whether it is empty.
local function first_for(key, a, best)
  local from, size = 0, 1
  while true do
    local found = call('ZRANGE', key, from, from + size - 1, 'WITHSCORES')
    for i = 1, #found, 2 do
      local candidate = {tonumber(found[i + 1]), found[i]}
      if best and not before(candidate, best) then return best end
      if not excludes(found[i], a.id) then return candidate end
    end
    if #found < size * 2 then return best, from == 0 and #found == 0 end
    from, size = from + size, CHUNK
  end
end

local function best_work(a)
  local best
  for _, channel in ipairs(CHANNELS) do
    if fit(a, channel) then
      local waits = P .. ':wait:' .. channel
      best = first_for(P .. ':own:' .. a.id .. ':' .. channel, a, best)
      for _, need in ipairs(call('SINTER', P .. ':serves:' .. a.f._set, waits)) do
        local empty
        best, empty = first_for(waits .. ':' .. need, a, best)
        if empty then call('SREM', waits, need) end
      end
    end
  end
  return best or false
end

-- Keeps the CHUNK smallest, in order; false if the candidate is not among them.
local function keep(found, number, id)
  local last = found[#found]
  if #found == CHUNK and not before({number, id}, last) then return false end
  local place = #found + 1
  local candidate = {number, id}
  while place > 1 and before(candidate, found[place - 1]) do place = place - 1 end
  table.insert(found, place, candidate)
  found[CHUNK + 1] = nil
  return true
end

-- How good the agents of a set are at what is needed, added up (1 to 5 for each skill), as
-- app/domain/routing.py `proficiency`; a property test holds them equal.
local USUAL = 3
local function proficiency(name, need)
  local levels = '\n' .. (string.match(name, '\f(.*)$') or '') .. '\n'
  local sum = 0
  for _, skill in ipairs(words(need)) do
    local _, last = string.find(levels, '\n' .. skill .. '\t', 1, true)
    sum = sum + (last and tonumber(string.sub(levels, last + 1, last + 1)) or USUAL)
  end
  return sum
end

-- One step of proficiency counts as more than any time of being idle: beyond the milliseconds of
-- a century, and 50 skills of 5 times as much are still exact in a double.
local STEP = 4398046511104

local function advantage(set_id, c)
  if not rules.weigh_proficiency then return 0 end
  return STEP * proficiency(call('HGET', P .. ':agent_names', set_id) or '', c.f.skills)
end

-- The longest idle of one skill set who may get it; true if the set has nobody idle.
local function idle_in(key, c, found, ahead)
  local from, size = 0, 4
  while true do
    local idle = call('ZRANGE', key, from, from + size - 1, 'WITHSCORES')
    for i = 1, #idle, 2 do
      local agent_id = idle[i]
      -- Time alone closes an Inbox; its deadline may not have been handled yet.
      local open = c.f.channel == 'voice' or inbox_open(agent_id)
      if open and not c.f['x:' .. agent_id] then
        if not keep(found, tonumber(idle[i + 1]) - ahead, agent_id) then return false end
      end
    end
    if #idle < size * 2 then return from == 0 and #idle == 0 end
    from, size = from + size, CHUNK
  end
end

-- Who has been idle longest of those who may get it (of the most proficient, where that is
-- weighed), and up to ten others.
local function best_agent(c)
  local f = c.f
  if f.routed_to then
    local a = object('a', f.routed_to)
    local able = a and fit(a, f.channel) and not f['x:' .. a.id]
    return able and a or nil, {}
  end
  local found, idle = {}, P .. ':idle:' .. f.channel
  for _, set_id in ipairs(call('SINTER', P .. ':fits:' .. f._need, idle)) do
    if idle_in(idle .. ':' .. set_id, c, found, advantage(set_id, c)) then call('SREM', idle, set_id) end
  end
  if #found == 0 then return nil, {} end
  local others = {}
  for i = 2, #found do others[i - 1] = found[i][2] end
  return object('a', found[1][2]), others
end

local made -- offers of this command

-- Remembered on the conversation for this script: `taker` (false: nobody) and `others`, as they
-- were after how many offers.
local function find_taker(c)
  local a, others = best_agent(c)
  if not a and lift_earlier(c) then a, others = best_agent(c) end
  c.taker, c.others, c.found_after = a or false, others, made
end

local function index_all()
  local i = 1
  while touched[i] do -- it may grow
    if touched[i].kind == 'a' then
      choose_pending(touched[i])
      settle_leg(touched[i])
    end
    i = i + 1
  end
  local free, waiting = {}, {}
  for n = 1, #touched do
    local o = touched[n]
    if o.kind == 'a' then
      index_agent(o)
      free[#free + 1] = o
    end
  end
  restaff_waiting()
  for _, id in ipairs(reconsider) do
    local c = object('c', id)
    if c and c.f.state == 'queued' then mark_staffing(c) end
  end
  for n = 1, #touched do
    local o = touched[n]
    if o.kind == 'c' then
      index_need(o)
      if o.f.state == 'queued' then
        mark_staffing(o)
        if waits(o) then waiting[#waiting + 1] = o end
      end
    end
  end
  return free, waiting
end

local function next_to_offer(free, waiting)
  local best
  for _, a in ipairs(free) do
    if a.work == nil then a.work = best_work(a) end
    if a.work and (not best or before(a.work, best)) then best = a.work end
  end
  for _, c in ipairs(waiting) do
    if c.f.state == 'queued' then
      if c.taker == nil then find_taker(c) end
      local candidate = c.taker and {rank(c), c.id}
      if candidate and (not best or before(candidate, best)) then best = candidate end
    end
  end
  return best and object('c', best[2])
end

local function index_conversations()
  for _, o in ipairs(touched) do
    if o.kind == 'c' then index_conversation(o) end
  end
end

local function settle()
  local free, waiting = index_all()
  -- Agents find their work in the index. Without one to ask, what finds an agent at once
  -- never needs to go in.
  if #free > 0 then index_conversations() end
  while true do
    local c = next_to_offer(free, waiting)
    if not c then break end
    if not c.taker or c.found_after ~= made then find_taker(c) end
    local a = c.taker
    made = made + 1
    make_offer(c, a, c.others, c.f.routed_to and 'agent' or 'offered')
    local weighed = rules.weigh_proficiency and not c.f.routed_to
    set(c, 'why_level', weighed and proficiency(set_name(a.f), c.f.skills) or nil)
    index_agent(a)
    index_conversation(c)
    a.work = false
    for _, other in ipairs(free) do
      if other.work and other.work[2] == c.id then other.work = nil end
    end
    for _, other in ipairs(waiting) do
      if other.taker == a then other.taker = nil end
    end
  end
  index_conversations()
end

local function run(keys, words, command)
  begin(keys, words)
  restaff, reconsider, made = {}, {}, 0
  if call('EXISTS', P .. ':epoch') == 0 then
    return redis.error_reply('EPOCH the live queue has no epoch')
  end
  local answer = call('GET', P .. ':cmd:' .. command_id)
  if answer then
    local reply = cmsgpack.unpack(answer)
    reply[1] = 1
    return reply
  end
  local done, found = pcall(function()
    command()
    settle_supervision()
    settle()
    settle_consults()
    return flush()
  end)
  if done then return found end
  if type(found) == 'table' and found.code then
    return redis.error_reply(found.code .. ' ' .. found.text)
  end
  return error(found)
end

local function register(name, command)
  redis.register_function(name .. SUFFIX, function(keys, words) return run(keys, words, command) end)
end
