-- Everything at one instant: KEYS[1] prefix, ARGV[1] "all", "agents" or "conversations".
local P, what = KEYS[1], ARGV[1]

local function all(set, kind)
  local found = {}
  for i, id in ipairs(redis.call('SMEMBERS', P .. set)) do
    local flat = redis.call('HGETALL', P .. kind .. id)
    local shown = {}
    for n = 1, #flat, 2 do
      if string.byte(flat[n]) ~= 95 then -- "_": the distributor's own
        shown[#shown + 1] = flat[n]
        shown[#shown + 1] = flat[n + 1]
      end
    end
    found[i] = shown
  end
  return found
end

local function last_id()
  if redis.call('EXISTS', P .. ':events') == 0 then return '0-0' end
  local info = redis.call('XINFO', 'STREAM', P .. ':events')
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end

return {
  redis.call('GET', P .. ':epoch') or '',
  last_id(),
  what == 'agents' and {} or all(':conversations', ':c:'),
  what == 'conversations' and {} or all(':agents', ':a:'),
}
