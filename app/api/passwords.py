"""Passwords: argon2id (RFC 9106), in threads of their own.

19 MiB, two passes and one lane are what OWASP's password storage sheet asks for: some 25 ms of one
core, which a guesser feels, and 500 agents who sign in after a restart do not wait long.
"""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
AT_ONCE = 2
"""A flood of sign-ins waits for its turn and leaves the calls alone."""
_THREADS = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="passwords")


def hash_password(password: str) -> str:
    """The hash to store; takes about 25 ms."""
    return _HASHER.hash(password)


async def hash_in_thread(password: str) -> str:
    """The hash to store, made without holding up the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, hash_password, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; takes the same time when nothing is stored."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, _verify, stored, password)


async def warm_up() -> None:
    """Make the hash that unknown people are compared with, before anybody signs in."""
    await asyncio.get_running_loop().run_in_executor(_THREADS, _nobody)


@functools.cache
def _nobody() -> str:
    """A hash to compare with when there is no such person, so that the time does not tell."""
    return hash_password("nobody's password")


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
