-- Agents' persistent legs: when one is let go, and when it is called again by itself.

local function move_leg(a, move)
  local to = LEG[a.f.leg][move]
  if not to then refuse('WRONG_STATE', 'cannot ' .. move .. ' a leg that is ' .. a.f.leg) end
  set(a, 'leg', to)
end

local function redial(a)
  set(a, 'wanted', '1')
  set(a, 'detail', 'dialling')
  emit('leg_changed', nil, a, {leg = a.f.leg, cause = 'redial'})
end

local function is_down(a, detail)
  local f = a.f
  return f.kind == 'persistent' and f.leg == 'disconnected' and not f.wanted
    and f.detail == detail and f.status == 'available'
end

-- An agent who ended a talk by hanging up is called again for the next one.
local function redial_after_wrap_up(a)
  if num(a, 'wrap_ups') == 0 and not a.f.pending and is_down(a, HUNG_UP) then redial(a) end
end

-- A leg over a number that stands while its agent takes no calls costs its minutes for nothing.
local function idles(a)
  local f = a.f
  return not a.removed and f.kind == 'persistent' and f.audio == 'number' and f.wanted
    and f.leg ~= 'disconnected' and f.status ~= 'available' and not f.offer and not f._call
    and not f.watch
end

local function release_leg(a)
  set(a, 'wanted', nil)
  set(a, 'detail', RELEASED)
  move_leg(a, 'disconnect')
  emit('leg_changed', nil, a, {leg = a.f.leg, cause = 'idle'})
end

-- After every change of an agent: the time of an idle leg runs, or does not; a released one is
-- called again, however its agent came to be available.
local function settle_leg(a)
  local idle = rules.idle_leg > 0 and idles(a)
  if idle and not a.f._idle_leg then
    set(a, '_idle_leg', now + rules.idle_leg)
    at(now + rules.idle_leg, 'idle_leg', a.id)
  elseif a.f._idle_leg and not idle then
    set(a, '_idle_leg', nil)
    no_longer_at('idle_leg', a.id)
  end
  if not a.removed and is_down(a, RELEASED) then redial(a) end
end
