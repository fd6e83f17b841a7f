local FIELDS = {'name', 'role', 'skills', 'levels', 'cap_chat', 'cap_email', 'audio', 'kind'}

local function add()
  local a = create('a', arg.agent)
  for _, field in ipairs(FIELDS) do set(a, field, arg[field]) end
  set(a, 'status', arg.status)
  set(a, 'reason', arg.reason)
  set(a, 'leg', 'disconnected')
  set(a, 'idle', now)
  emit('agent_changed', nil, a, {cause = 'added', status = arg.status, reason = arg.reason})
end

local function forbidden(a, c)
  local channel = c.f.channel
  if channel ~= 'voice' and num(a, 'load_' .. channel) >= num(a, 'cap_' .. channel) then return true end
  return not c.f.routed_to and not covers(a.f.skills, c.f.skills)
end

return function()
  local a = object('a', arg.agent)
  if not a then return add() end
  touch(a)
  local changed = false
  for _, field in ipairs(FIELDS) do
    if a.f[field] ~= arg[field] then
      changed = true
      set(a, field, arg[field])
    end
  end
  if not changed then return end
  emit('agent_changed', nil, a, {cause = 'profile'})
  local c = a.f.offer and object('c', a.f.offer)
  if c and forbidden(a, c) then withdraw(c, 'profile') end
end
