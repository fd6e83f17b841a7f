-- The agent asks somebody else while the customer waits with music: an agent by skills or by name,
-- or a number outside.
local function asked_already(c)
  return c.f.consult and c.f.agent == arg.agent and c.f.consult_skills == arg.skills
    and c.f.consult_to == arg.to and c.f.consult_number == arg.number
end

local function check_whom(c)
  if arg.to == c.f.agent then refuse('WRONG_STATE', 'you cannot consult yourself') end
  local to = arg.to and object('a', arg.to)
  if arg.to and not to then refuse('UNKNOWN_AGENT', 'no agent ' .. arg.to) end
  if to and not may_take_it(to, 'voice') then refuse('WRONG_STATE', 'they are not available') end
  if arg.skills and askable(c, arg.skills, 0) <= 0 then
    refuse('WRONG_STATE', 'nobody with this skill is signed in')
  end
end

return function()
  local c, a = the_conversation(), the_agent()
  if asked_already(c) then return end
  if c.f.state ~= 'active' then refuse('WRONG_STATE', 'nobody is talking') end
  if c.f.agent ~= a.id then not_yours() end
  if c.f.channel ~= 'voice' then refuse('WRONG_STATE', 'it is no call') end
  if c.f.rejoin_until then refuse('WRONG_STATE', 'your phone is not connected') end
  refuse_dialling(c)
  check_whom(c)
  begin_consult(c, a)
end
