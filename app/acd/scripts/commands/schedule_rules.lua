-- When a conversation's routing rules are to be looked at next; without `at` never.
return function()
  if arg.at and object('c', arg.conversation) then
    at(tonumber(arg.at), 'rules', arg.conversation)
  else
    no_longer_at('rules', arg.conversation)
  end
end
