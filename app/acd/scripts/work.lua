-- The unit of work. A command reads what it needs, changes it in memory, and refuses before
-- anything is written; `flush` then writes everything with its events.
--
-- Every value in a hash is text. Fields that begin with "_" are the distributor's own.

local call -- redis.call, which is not there yet while the library is loaded
local P, now, command_id, keep_ms, rules, arg
local objects -- by key; false: known not to exist
local touched -- in the order of the first change; the command's result
local events
local writes -- commands for the end: nothing of this script reads what they write

-- The library is loaded once and called for ever: nothing of one command is left for the next.
local function begin(keys, words)
  call = redis.call
  P, now, command_id, keep_ms = keys[1], tonumber(words[1]), words[2], words[3]
  rules = {
    head_start = tonumber(words[4]),
    offer = tonumber(words[5]),
    dial = tonumber(words[6]),
    exclude = tonumber(words[7]),
    rejoin = tonumber(words[8]),
    wrap_up = tonumber(words[9]),
    messages_during_call = words[10] == '1',
    callback_retry = tonumber(words[11]),
    callback_tries = tonumber(words[12]),
    callback_dial = tonumber(words[13]),
    idle_leg = tonumber(words[14]),
    weigh_proficiency = words[15] == '1',
  }
  arg = {}
  for i = 16, #words, 2 do arg[words[i]] = words[i + 1] end
  objects, touched, events, writes = {}, {}, {}, {}
end

-- Lua's own tostring writes large numbers as 1e+15.
local function digits(value) return string.format('%.0f', value) end

local function refuse(code, text) error({code = code, text = text}) end

local function later(...) writes[#writes + 1] = {...} end

local function object(kind, id)
  local key = P .. ':' .. kind .. ':' .. id
  local o = objects[key]
  if o == nil then
    local flat = call('HGETALL', key)
    o = false
    if #flat > 0 then
      o = {key = key, kind = kind, id = id, f = {}, written = {}}
      for i = 1, #flat, 2 do o.f[flat[i]] = flat[i + 1] end
    end
    objects[key] = o
  end
  return o
end

local function touch(o)
  if not o.touched then
    o.touched = true
    touched[#touched + 1] = o
  end
  return o
end

-- Which conversation a channel is, for start.lua: true only while that one says so, too. A day is
-- longer than any call; most go with their conversation (forget.lua).
local function note_line(c, channel)
  later('SET', P .. ':line:' .. channel, c.id, 'EX', 86400)
end

local function set(o, field, value)
  if type(value) == 'number' then value = digits(value) end
  if o.f[field] ~= value then
    o.f[field] = value
    o.written[field] = true
    touch(o)
    if field == 'channel_id' and value then note_line(o, value) end
  end
end

local function num(o, field) return tonumber(o.f[field]) or 0 end

local function create(kind, id)
  local o = {key = P .. ':' .. kind .. ':' .. id, kind = kind, id = id, f = {}, written = {}}
  objects[o.key] = o
  set(o, 'id', id)
  set(o, 'version', now) -- not 0: it must grow across a loss of Redis, too
  later('SADD', P .. (kind == 'c' and ':conversations' or ':agents'), id)
  return o
end

local function the_conversation()
  local c = object('c', arg.conversation)
  if not c then refuse('UNKNOWN_CONVERSATION', 'no conversation ' .. arg.conversation) end
  return touch(c)
end

local function the_agent()
  local a = object('a', arg.agent)
  if not a then refuse('UNKNOWN_AGENT', 'no agent ' .. arg.agent) end
  return touch(a)
end

-- An event counts as a change of what it names. `a` is an agent, or the id of one who has not
-- changed. Data: numbers come back as numbers.
-- What happens to a consult's seeker (consults.lua) is told as its conversation's.
local function emit(kind, c, a, data)
  if c and c.f._of then
    local told = {what = kind}
    for name, value in pairs(data or {}) do
      if name ~= 'move' then told[name] = value end
    end
    kind, c, data = 'consult_changed', object('c', c.f._of), told
  end
  local event = {'type', kind, 'at', digits(now)}
  local function add(name, value)
    event[#event + 1] = name
    event[#event + 1] = value
  end
  if c then
    set(c, 'version', num(c, 'version') + 1)
    add('conversation', c.id)
  end
  if type(a) == 'table' then
    set(a, 'version', num(a, 'version') + 1)
    add('agent', a.id)
  elseif a then
    add('agent', a)
  end
  for name, value in pairs(data or {}) do
    if type(value) ~= 'number' then add('d:' .. name, value)
    elseif value % 1 == 0 then add('n:' .. name, digits(value))
    else add('r:' .. name, string.format('%.17g', value)) end
  end
  events[#events + 1] = event
end

-- Deadlines are members of one sorted set: kind, id … joined by line feeds. Setting one again
-- moves it.
local function at(when, ...)
  later('ZADD', P .. ':deadlines', digits(when), table.concat({...}, '\n'))
end

local function no_longer_at(...) later('ZREM', P .. ':deadlines', table.concat({...}, '\n')) end

local function words(text)
  local found = {}
  for word in string.gmatch(text or '', '[^\n]+') do found[#found + 1] = word end
  return found
end

local function write_hash(o)
  local kept, dropped = {'HSET', o.key}, {'HDEL', o.key}
  for field in pairs(o.written) do
    local value = o.f[field]
    if value == nil then
      dropped[#dropped + 1] = field
    else
      kept[#kept + 1] = field
      kept[#kept + 1] = value
    end
    if #kept > 1000 then -- unpack takes a few thousand at most
      call(unpack(kept))
      kept = {'HSET', o.key}
    end
  end
  if #kept > 2 then call(unpack(kept)) end
  if #dropped > 2 then call(unpack(dropped)) end
end

local function shown(o)
  local flat = {}
  for field, value in pairs(o.f) do
    if string.byte(field) ~= 95 then -- "_"
      flat[#flat + 1] = field
      flat[#flat + 1] = value
    end
  end
  return flat
end

local function flush()
  local reply = {0, {}, {}, {}}
  for _, o in ipairs(touched) do
    if o.removed then
      call('DEL', o.key)
    else
      write_hash(o)
      if not o.f._of then
        local part = reply[o.kind == 'c' and 3 or 4]
        part[#part + 1] = shown(o)
      end
    end
  end
  for _, command in ipairs(writes) do call(unpack(command)) end
  for i, event in ipairs(events) do
    reply[2][i] = {call('XADD', P .. ':events', '*', unpack(event)), event}
  end
  if #touched > 0 then
    call('SET', P .. ':cmd:' .. command_id, cmsgpack.pack(reply), 'PX', keep_ms)
  end
  return reply
end
