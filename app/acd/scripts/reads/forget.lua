-- Closed and archived conversations leave: KEYS[1] prefix, ARGV their ids.
local P = KEYS[1]
local gone = 0
for _, id in ipairs(ARGV) do
  if redis.call('HGET', P .. ':c:' .. id, 'state') == 'closed' then
    redis.call('DEL', P .. ':c:' .. id)
    gone = gone + redis.call('SREM', P .. ':conversations', id)
  end
end
return gone
