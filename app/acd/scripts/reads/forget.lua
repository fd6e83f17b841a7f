-- Closed and archived conversations leave: KEYS[1] prefix, ARGV their ids.
local P = KEYS[1]
local gone = 0

local function forget_line(id)
  local channel = redis.call('HGET', P .. ':c:' .. id, 'channel_id')
  local line = channel and P .. ':line:' .. channel
  if line and redis.call('GET', line) == id then redis.call('DEL', line) end
end

for _, id in ipairs(ARGV) do
  if redis.call('HGET', P .. ':c:' .. id, 'state') == 'closed' then
    forget_line(id)
    redis.call('DEL', P .. ':c:' .. id)
    gone = gone + redis.call('SREM', P .. ':conversations', id)
  end
end
return gone
