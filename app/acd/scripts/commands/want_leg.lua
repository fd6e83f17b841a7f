return function()
  local a = the_agent()
  local wanted = arg.wanted == '1' and '1' or nil
  if a.f.wanted ~= wanted or a.f.detail ~= arg.detail then
    set(a, 'wanted', wanted)
    set(a, 'detail', arg.detail)
    emit('leg_changed', nil, a, {leg = a.f.leg})
  end
end
