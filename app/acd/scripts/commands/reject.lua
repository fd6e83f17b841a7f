return function()
  local c, a = the_offered(), the_agent()
  if c.f.state == 'active' and c.f.agent ~= a.id then not_yours() end
  offered_to(c, a, 'reject')
  give_up_offer(c, 'reject', 'offer_rejected')
  set(a, 'missed', nil) -- who refuses is there
end
