-- A number outside that is consulted: it answered, or it is gone. `consult` says which one.
return function()
  local c = the_conversation()
  if c.f.consults ~= arg.consult or not c.f.consult_number then
    refuse('WRONG_STATE', 'that consult is over')
  end
  if arg.answered ~= '1' then return end_consult(c, arg.cause) end
  if c.f.consult ~= 'offered' then return end
  answer_consult(c)
  emit('consult_changed', c, nil, {what = 'answered'})
end
