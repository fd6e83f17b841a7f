-- Who could take what, as sorted sets: idle agents per skill set and channel, waiting
-- conversations per requirement and channel, work of one agent alone. Skill sets are numbered;
-- which agents' set covers which requirement is worked out once, when a set appears.
--
--   sets            hash   joined skills -> number
--   agent_sets      hash   number -> agents with exactly these skills
--   agent_names     hash   number -> joined skills, of those in use
--   needs           hash   number -> open conversations that require exactly these skills
--   need_names      hash   number -> joined skills
--   serves:<set>    set    requirements that an agents' set covers;  fits:<need> the other way
--   signed          hash   number -> agents of that set who are not offline;  signed_sets: > 0
--   staffing        hash   requirement -> what it last was
--   idle:<ch>:<set> zset   idle agents by idle_since;  idle:<ch>: the sets that may have some
--   wait:<ch>:<need> zset  waiting by rank;            wait:<ch>: the requirements that may
--   own:<agent>:<ch> zset  waiting for that agent alone

local CHANNELS = {'voice', 'chat', 'email'}
local SPARE_NEEDS = 1000 -- requirements kept without a conversation before unused ones are swept
local restaff -- requirements whose staffing may have changed
local reconsider -- ids of conversations waiting for one agent who came or went

-- As app/domain/routing.py `unfit`; a property test holds them equal.
local function fit(a, channel)
  local f = a.f
  if a.removed or f.status ~= 'available' or f.pending or f.offer then return false end
  if num(a, 'wrap_ups') > 0 then return false end
  local free = num(a, 'load_voice') == 0 and not f.watch
  if channel == 'voice' then return f.leg == 'connected' and free end
  return (rules.messages_during_call or free)
    and num(a, 'load_' .. channel) < num(a, 'cap_' .. channel)
    and num(a, 'inbox') > now
end

-- Queued and to be offered: a callback that is being dialled, or was in vain, is not.
local function waits(c)
  return c.f.state == 'queued' and not c.f.cb_not_before and not c.f.cb_dialling
end

-- An agents' set is its joined skills; behind a form feed the proficiencies, where one differs
-- from the usual (`levels`: skill, tab, level). So who differs in them stands in a set of their own.
local function set_name(f) return f.levels and (f.skills .. '\f' .. f.levels) or f.skills end

local function covers(has, need)
  has = string.match(has, '^[^\f]*')
  has = '\n' .. has .. '\n'
  for _, skill in ipairs(words(need)) do
    if not string.find(has, '\n' .. skill .. '\n', 1, true) then return false end
  end
  return true
end

local function numbered(skills)
  local set_id = call('HGET', P .. ':sets', skills)
  if not set_id then
    set_id = digits(call('INCR', P .. ':sets_made'))
    call('HSET', P .. ':sets', skills, set_id)
  end
  return set_id
end

local function forget_name(skills, other, set_id)
  if call('HEXISTS', P .. other, set_id) == 0 then call('HDEL', P .. ':sets', skills) end
end

local function pair(set_id, need)
  call('SADD', P .. ':serves:' .. set_id, need)
  call('SADD', P .. ':fits:' .. need, set_id)
  restaff[need] = true
end

-- One more agent with these skills.
local function join_set(skills)
  local set_id = numbered(skills)
  if call('HINCRBY', P .. ':agent_sets', set_id, 1) == 1 then
    call('HSET', P .. ':agent_names', set_id, skills)
    local needs = call('HGETALL', P .. ':need_names')
    for i = 1, #needs, 2 do
      if covers(skills, needs[i + 1]) then pair(set_id, needs[i]) end
    end
  end
  return set_id
end

local function leave_set(set_id, skills)
  if call('HINCRBY', P .. ':agent_sets', set_id, -1) > 0 then return end
  for _, need in ipairs(call('SMEMBERS', P .. ':serves:' .. set_id)) do
    call('SREM', P .. ':fits:' .. need, set_id)
    restaff[need] = true
  end
  call('DEL', P .. ':serves:' .. set_id)
  call('HDEL', P .. ':agent_sets', set_id)
  call('HDEL', P .. ':agent_names', set_id)
  forget_name(skills, ':need_names', set_id)
end

local function sweep_needs()
  local uses = call('HGETALL', P .. ':needs')
  for i = 1, #uses, 2 do
    local need = uses[i]
    if uses[i + 1] == '0' then
      for _, set_id in ipairs(call('SMEMBERS', P .. ':fits:' .. need)) do
        call('SREM', P .. ':serves:' .. set_id, need)
      end
      call('DEL', P .. ':fits:' .. need)
      call('HDEL', P .. ':staffing', need)
      forget_name(call('HGET', P .. ':need_names', need), ':agent_sets', need)
      call('HDEL', P .. ':need_names', need)
      call('HDEL', P .. ':needs', need)
    end
  end
end

-- One more conversation with this requirement.
local function join_need(skills)
  local need = numbered(skills)
  call('HINCRBY', P .. ':needs', need, 1)
  if call('HSETNX', P .. ':need_names', need, skills) == 1 then
    local sets = call('HGETALL', P .. ':agent_names')
    for i = 1, #sets, 2 do
      if covers(sets[i + 1], skills) then pair(sets[i], need) end
    end
    if call('HLEN', P .. ':needs') > SPARE_NEEDS then sweep_needs() end
  end
  return need
end

local function count_signed(set_id, by)
  local count = call('HINCRBY', P .. ':signed', set_id, by)
  if count == 0 then call('HDEL', P .. ':signed', set_id) end
  if count == 0 or (count == 1 and by == 1) then
    call(count == 0 and 'SREM' or 'SADD', P .. ':signed_sets', set_id)
    for _, need in ipairs(call('SMEMBERS', P .. ':serves:' .. set_id)) do restaff[need] = true end
  end
end

-- Keeps the sets that an agent belongs to. `_set`, `_signed` and `_<channel>` say what stands
-- in them now.
local function index_books(a)
  local f = a.f
  local old_set, old_signed = f._set, f._signed
  local signed = (not a.removed and f.status ~= 'offline') and '1' or nil
  local moved = a.removed or f._skills ~= set_name(f)
  if moved or signed ~= old_signed then
    if old_signed then count_signed(old_set, -1) end
    if moved then
      if not a.removed then set(a, '_set', join_set(set_name(f))) end
      if old_set then leave_set(old_set, f._skills) end
      set(a, '_skills', set_name(f))
    end
    if signed then count_signed(f._set, 1) end
    set(a, '_signed', signed)
    for _, channel in ipairs(CHANNELS) do
      for _, id in ipairs(call('ZRANGE', P .. ':own:' .. a.id .. ':' .. channel, 0, -1)) do
        reconsider[#reconsider + 1] = id
      end
    end
  end
  return old_set
end

local function index_agent(a)
  local old_set = index_books(a)
  for _, channel in ipairs(CHANNELS) do
    local stands = a.f['_' .. channel]
    local want = fit(a, channel) and (a.f._set .. ' ' .. a.f.idle) or nil
    if stands ~= want then
      local key = P .. ':idle:' .. channel
      if stands and (not want or old_set ~= a.f._set) then
        call('ZREM', key .. ':' .. old_set, a.id)
      end
      if want then
        call('ZADD', key .. ':' .. a.f._set, a.f.idle, a.id)
        call('SADD', key, a.f._set)
      end
      set(a, '_' .. channel, want)
    end
  end
end

local function staffing(c)
  if c.f.routed_to then
    local a = object('a', c.f.routed_to)
    if not a or a.removed then return 'none_skilled' end
    return a.f.status == 'offline' and 'none_signed_in' or 'ok'
  end
  local need = c.f._need
  local known = not restaff[need] and call('HGET', P .. ':staffing', need)
  if known then return known end
  local fits = P .. ':fits:' .. need
  local found = 'ok'
  if call('EXISTS', fits) == 0 then
    found = 'none_skilled'
  elseif call('SINTERCARD', 2, fits, P .. ':signed_sets', 'LIMIT', 1) == 0 then
    found = 'none_signed_in'
  end
  if not restaff[need] then call('HSET', P .. ':staffing', need, found) end
  return found
end

local function mark_staffing(c)
  local found = staffing(c)
  if (c.f.staffing or 'ok') ~= found then
    set(c, 'staffing', found)
    emit('staffing_changed', c, nil, {staffing = found})
  end
end

-- A requirement's waiting conversations all have the same staffing: where the first one's is
-- right, nothing is to do.
local function restaff_waiting()
  for need in pairs(restaff) do
    local probe = {f = {_need = need}}
    local found = staffing(probe)
    restaff[need] = nil
    if call('HGET', P .. ':staffing', need) ~= found then
      call('HSET', P .. ':staffing', need, found)
      for _, channel in ipairs(CHANNELS) do
        local key = P .. ':wait:' .. channel .. ':' .. need
        for _, id in ipairs(call('ZRANGE', key, 0, -1)) do
          local c = object('c', id)
          if c and c.f.state == 'queued' then mark_staffing(c) end
        end
      end
    end
  end
end

local function rank(c) return num(c, 'queued_at') - num(c, 'priority') * rules.head_start end

local function index_need(c)
  local f = c.f
  if f._need and (f.state == 'closed' or f._skills ~= f.skills) then
    call('HINCRBY', P .. ':needs', f._need, -1)
    set(c, '_need', nil)
  end
  if f.state == 'queued' and not f._need then
    set(c, '_need', join_need(f.skills))
    set(c, '_skills', f.skills)
  end
end

-- `_home` and `_rank` say where it waits, or would if it were not offered; `_in` that it does.
local function index_conversation(c)
  local f = c.f
  local stands_in = f._in and f._home
  local waiting = waits(c)
  if waiting or f.state == 'offered' then
    local home = f.routed_to and (':own:' .. f.routed_to .. ':' .. f.channel)
      or (':wait:' .. f.channel .. ':' .. f._need)
    local place = digits(rank(c))
    if waiting and (stands_in ~= home or f._rank ~= place) then
      call('ZADD', P .. home, place, c.id)
      if not f.routed_to then call('SADD', P .. ':wait:' .. f.channel, f._need) end
    end
    set(c, '_home', home)
    set(c, '_rank', place)
  end
  if stands_in and not (waiting and stands_in == f._home) then call('ZREM', P .. stands_in, c.id) end
  set(c, '_in', waiting and '1' or nil)
end
