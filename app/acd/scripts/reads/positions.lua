-- Place among those of the same requirement: KEYS[1] prefix, ARGV conversation ids.
local P = KEYS[1]
local places = {}
for i, id in ipairs(ARGV) do
  local state, home, rank = unpack(redis.call('HMGET', P .. ':c:' .. id, 'state', '_home', '_rank'))
  places[i] = 0
  if state == 'queued' and home then
    places[i] = (redis.call('ZRANK', P .. home, id) or -1) + 1
  elseif state == 'offered' then
    places[i] = redis.call('ZCOUNT', P .. home, '-inf', '(' .. rank) + 1
  end
end
return places
