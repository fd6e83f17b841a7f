"""What a conversation, an agent, a leg and a routing decision ARE.

Pure: no await, no clock, no random, no I/O; the time is an argument. Standard library only.
"""
