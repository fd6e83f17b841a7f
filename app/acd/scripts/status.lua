-- What a status means for the work in hand, whoever or whatever set it.

local function members(key)
  local found = call('SMEMBERS', P .. key)
  table.sort(found)
  return found
end

local function in_hand(a)
  return a.f.offer or num(a, 'wrap_ups') > 0
    or num(a, 'load_voice') + num(a, 'load_chat') + num(a, 'load_email') > 0
end

-- What a chosen Busy or Offline returns: the offer, and chats and emails routed by skills.
-- A call stays unless the agent says otherwise; then even their own, or it would wait for
-- somebody who just walked away.
local function return_work(a, requeue_call)
  if a.f.offer then withdraw(object('c', a.f.offer), 'status') end
  for _, id in ipairs(members(':mine:' .. a.id)) do
    local c = object('c', id)
    if c and c.f.state == 'active' and c.f.agent == a.id then
      local voice = c.f.channel == 'voice'
      if (voice and requeue_call) or (not voice and not c.f.routed_to) then
        put_back(c, 'requeue', 'status')
        if c.f.routed_to then release_tie(c, 'status') end
      end
    end
  end
end

local function choose(a, status, reason, requeue_call, cause)
  local before = a.f.status
  local changed = before ~= status or a.f.reason ~= reason or a.f.pending
    or (status == 'available' and num(a, 'missed') > 0)
  set(a, 'status', status)
  set(a, 'reason', reason)
  set(a, 'pending', nil)
  set(a, 'pending_reason', nil)
  if changed then emit('status_changed', nil, a, {status = status, before = before, reason = reason, cause = cause}) end
  if status == 'available' then
    set(a, 'missed', nil)
    if before ~= 'available' then set(a, 'idle', now) end
  else
    return_work(a, requeue_call)
  end
end

-- The page is gone: what can be written on a page alone returns. A tie stays, as with a status.
local function return_messages(a, cause)
  local offered = a.f.offer and object('c', a.f.offer)
  if offered and offered.f.channel ~= 'voice' then withdraw(offered, cause) end
  for _, id in ipairs(members(':mine:' .. a.id)) do
    local c = object('c', id)
    local theirs = c and c.f.state == 'active' and c.f.agent == a.id
    if theirs and c.f.channel ~= 'voice' and not c.f.routed_to then put_back(c, 'requeue', cause) end
  end
end

-- Neither page nor leg: nobody would notice work. A pending status comes by itself.
local function close_inbox(a)
  local away = a.f._closed and a.f.leg == 'disconnected' and a.f.status == 'available'
  if away and not a.f.pending then choose(a, 'busy', INBOX_CLOSED, false, 'inbox_closed') end
end

local function choose_pending(a)
  if a.f.pending and not a.removed and not in_hand(a) then
    choose(a, a.f.pending, a.f.pending_reason, false, 'after_current')
  end
end
