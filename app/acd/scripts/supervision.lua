-- Supervision: a supervisor listens to a call, whispers to its agent, or speaks to everybody.
--
-- It stands on both sides: the supervisor's `watch`, `watch_how` and `watch_since`, and the
-- conversation's `w:<supervisor>`, how and since when. Nobody ends it for what happens to the
-- call or to a leg: after every command, what no longer holds is taken away.

local UP = {bot = true, queued = true, offered = true, active = true}

local function has_call(c)
  local f = c.f
  return f.channel == 'voice' and f.channel_id and not f.cb_dialling and UP[f.state]
end

local function refuse_without_leg(a)
  if a.f.leg ~= 'connected' then
    refuse('NO_LEG', 'your phone is ' .. a.f.leg .. ': connect it first')
  end
end

local function note_watch(c, a, how, since)
  set(a, 'watch', how and c.id or nil)
  set(a, 'watch_how', how)
  set(a, 'watch_since', since)
  if c then set(c, 'w:' .. a.id, how and (how .. ' ' .. digits(since)) or nil) end
end

local function end_watch(a, cause)
  local c = object('c', a.f.watch) or nil
  local how, since = a.f.watch_how, num(a, 'watch_since')
  note_watch(c, a)
  set(a, 'idle', now)
  emit('supervision_ended', c, a, {how = how, since = since, cause = cause, of = c and c.f.agent})
end

local function supervisors(c)
  local found = {}
  for field in pairs(c.f) do
    if string.sub(field, 1, 2) == 'w:' then found[#found + 1] = string.sub(field, 3) end
  end
  table.sort(found)
  return found
end

local function settle_supervision()
  local i = 1
  while touched[i] do -- it may grow
    local o = touched[i]
    if o.kind == 'a' and o.f.watch then
      if o.removed or o.f.leg == 'disconnected' then end_watch(o, 'leg')
      elseif o.f.status == 'offline' then end_watch(o, 'signed_out') end
    elseif o.kind == 'c' and not has_call(o) then
      for _, id in ipairs(supervisors(o)) do end_watch(object('a', id), 'ended') end
    end
    i = i + 1
  end
end
