local function obstacle(c, a)
  if c.f.channel == 'voice' then return 'a call cannot be picked' end
  if not fit(a, c.f.channel) then return 'you cannot take it now' end
  if not c.f.routed_to and not covers(a.f.skills, c.f.skills) then return 'it needs other skills' end
end

return function()
  local c, a = the_conversation(), the_agent()
  if c.f.agent == a.id then return end
  if c.f.agent or (c.f.state == 'queued' and c.f.routed_to and c.f.routed_to ~= a.id) then not_yours() end
  after(c, 'pick')
  local why_not = obstacle(c, a)
  if why_not then refuse('WRONG_STATE', why_not) end
  set(c, 'why_skills', c.f.skills)
  set(c, 'why_eligible', '')
  set(c, 'why_idle', math.max(0, now - num(a, 'idle')))
  set(c, 'why_how', 'picked')
  set(c, 'why_level', nil)
  go(c, 'pick')
  take(c, a)
  emit('conversation_picked', c, a, {move = 'pick'})
end
