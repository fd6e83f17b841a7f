-- Out of the queue by the caller's own key, or because nobody is there for them.
return function()
  local c = the_conversation()
  if c.f.result == arg.result then return end
  if c.f.state ~= 'offered' then after(c, 'exit') end
  leave_queue(c, arg.result)
end
