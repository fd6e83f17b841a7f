-- A routing rule is applied to what waits or is with the bot: once per conversation. Decided on
-- `version`: what changed meanwhile is to be decided anew.
local function to_people(c)
  go(c, 'queue')
  no_longer_handed_back(c)
  if not c.f.queued_at then set(c, 'queued_at', now) end
  emit('conversation_queued', c, nil, {move = 'queue', cause = 'rule', need = c.f.skills})
end

return function()
  local c = the_conversation()
  local record = 'r:' .. arg.rule
  if c.f[record] then return end
  if c.f.version ~= arg.version then refuse('WRONG_STATE', 'it has changed meanwhile') end
  if c.f.state ~= 'bot' and c.f.state ~= 'queued' then refuse('WRONG_STATE', 'it does not wait') end
  if arg.skills and arg.skills ~= c.f.skills then
    set(c, 'skills', arg.skills)
    lift_all(c) -- who refused the old request was not asked about this one
  end
  set(c, 'priority', arg.priority or c.f.priority or '0')
  if arg.choices then set(c, 'choices', arg.choices) end
  if arg.release == '1' and c.f.routed_to then release_tie(c, 'rule') end
  if arg.queue == '1' and c.f.state == 'bot' then to_people(c) end
  set(c, record, digits(now) .. '\n' .. arg.name .. '\n' .. arg.did)
  emit('rule_applied', c, nil, {
    rule = arg.name, did = arg.did, announce = arg.announce, need = c.f.skills,
  })
end
