return function()
  local c, a = the_offered(), the_agent()
  if c.f.state == 'active' and c.f.agent == a.id then return end
  if c.f.state == 'active' then not_yours() end
  offered_to(c, a, 'accept')
  if arg.by_page == '1' and c.f.channel == 'voice' and a.f.kind == 'per_call' then
    refuse('WRONG_STATE', 'the phone is to be answered')
  end
  go(c, 'accept')
  end_offer(c)
  take(c, a)
  if c.f.cb_number and not c.f.channel_id then begin_dial(c) end
  if c.f._of then answer_consult(sought_for(c)) end
  emit('offer_accepted', c, a, {move = 'accept', attempt = num(c, 'attempts')})
end
