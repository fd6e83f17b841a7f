return function()
  local c = the_conversation()
  local theirs = c.f.bot_has and c.f.channel_id == arg.channel
  if theirs and (c.f.state == 'bot' or c.f.bot_stays) then lose_bot(c, arg.cause) end
end
