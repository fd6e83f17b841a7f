"""How many files and sockets this process may have open (getrlimit(2), RLIMIT_NOFILE)."""

import resource

WANTED = 65_536
"""Each page is a socket, and `app/api/chat_route.py` alone takes 20,000. No more than this:
programs that are started from here may go through all that could be open."""


def raise_limit() -> int:
    """As many as are wanted, or as the system lets this process have; how many that is.

    A shell's soft limit is 1,024 on Debian: the thousandth customer would be refused.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
