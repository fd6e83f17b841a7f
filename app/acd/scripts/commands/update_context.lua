return function()
  local c = the_conversation()
  if c.f.state == 'closed' then refuse('WRONG_STATE', 'it is closed') end
  local news = false
  for _, field in ipairs({'sentiment', 'flow', 'parameters', 'customer'}) do
    local value = arg[field]
    if value == '' then value = nil end
    if arg[field] and c.f[field] ~= value then
      news = true
      set(c, field, value)
    end
  end
  -- how the customer felt, and when: the conversation itself keeps the latest alone
  local felt = arg.sentiment and tonumber(arg.sentiment) or nil
  if news then emit('conversation_updated', c, nil, {cause = 'context', sentiment = felt}) end
end
