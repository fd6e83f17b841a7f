-- `how` from now on: the first word on a call, or another than before. The same again changes
-- nothing.
local function refuse_busy(c, a)
  if a.f.status == 'offline' then refuse('WRONG_STATE', 'you are offline') end
  if c.f.agent == a.id then refuse('WRONG_STATE', 'it is your own call') end
  if num(a, 'load_voice') > 0 then refuse('WRONG_STATE', 'you are on a call') end
  local offered = a.f.offer and object('c', a.f.offer)
  if offered and offered.f.channel == 'voice' then
    refuse('WRONG_STATE', 'a call is offered to you: take it or reject it first')
  end
  refuse_without_leg(a)
end

return function()
  local c, a = the_conversation(), the_agent()
  local before = a.f.watch == c.id and a.f.watch_how or nil
  if before == arg.how then return end
  if not has_call(c) then refuse('WRONG_STATE', 'there is no call to listen to') end
  if not before then
    refuse_busy(c, a)
    if a.f.watch then end_watch(a, 'another') end
  end
  note_watch(c, a, arg.how, before and num(a, 'watch_since') or now)
  local kind = before and 'supervision_changed' or 'supervision_started'
  emit(kind, c, a, {how = arg.how, before = before, of = c.f.agent})
end
