return function()
  local a = the_agent()
  set(a, '_closed', nil) -- whoever chooses is there, with a page or as a program without one
  local wait = arg.after_current == '1' and arg.status ~= a.f.status and in_hand(a)
  if not wait then return choose(a, arg.status, arg.reason, arg.requeue_call == '1') end
  if a.f.pending ~= arg.status or a.f.pending_reason ~= arg.reason then
    set(a, 'pending', arg.status)
    set(a, 'pending_reason', arg.reason)
    emit('status_changed', nil, a, {status = a.f.status, pending = arg.status})
  end
end
