"""What people and bots DO: become available, hand over, take over, wrap up; and what follows.

Facts come up from the edges; each use case makes one atomic transition through `app.acd`, and
`dispatch` carries what it led to down to telephony, sockets and archive.
"""
