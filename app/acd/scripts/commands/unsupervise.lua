-- Ends what a supervisor does on this call, if it is `how` (any, where that is not said).
return function()
  local a = the_agent()
  if not a.f.watch or a.f.watch ~= arg.conversation then return end
  if arg.how and a.f.watch_how ~= arg.how then return end
  end_watch(a, arg.cause or 'stopped')
end
