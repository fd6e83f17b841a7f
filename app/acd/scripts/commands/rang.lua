return function()
  local c, a = the_offered(), the_agent()
  local f = c.f
  if f.state ~= 'offered' or f.offer_agent ~= a.id or f.attempts ~= arg.attempt then
    refuse('WRONG_STATE', 'that offer no longer stands')
  end
  if f.rang == '1' then return end
  if f.channel == 'voice' then move_leg(a, 'ring') end
  set(c, 'rang', '1')
  set(c, 'expires_at', now + rules.offer)
  at(now + rules.offer, 'offer', c.id, f.attempts)
  emit('offer_rang', c, a, {attempt = num(c, 'attempts')})
end
