return function()
  local c, a = the_conversation(), the_agent()
  after(c, 'requeue')
  if c.f.agent ~= a.id then not_yours() end
  put_back(c, 'requeue', 'requeue')
  if KEEPS_EXCLUSION.requeue then exclude(c, a) end
  if c.f.routed_to then release_tie(c, 'requeue') end
end
