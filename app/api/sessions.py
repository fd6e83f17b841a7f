"""Signing in and out, and finding out who calls."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from app.api import passwords
from app.api.access import ITS_OWN, Caller
from app.api.ports import DirectoryPort
from app.api.problems import Problem, ProblemType, invalid
from app.api.sign_ins import SignIns
from app.api.throttle import PER_ACCOUNT, PER_ADDRESS, Throttle
from app.config import Settings
from app.domain.agent import Role
from app.records import Person, Records

TTL_MS = 7 * 24 * 3600 * 1000
"""How long a sign-in lasts."""
BEARER = "bearer "


class Sessions:
    """Who may come in. Instants in ms."""

    def __init__(self, records: Records, directory: DirectoryPort, settings: Settings) -> None:
        self._records = records
        self._sign_ins = SignIns[str](records.sessions.find, str)
        self._keys = SignIns[Caller](self._ask_for_key, lambda caller: caller.id)
        self._directory = directory
        self._public = origin_of(settings.public_url)
        self._secure = settings.public_url.startswith("https://")
        # Cookies do not know ports: two copies on one machine need two names.
        self._cookie = f"ringdesk_{urlsplit(settings.public_url).port or settings.http.port}"
        self._accounts = Throttle(PER_ACCOUNT)
        self._addresses = Throttle(PER_ADDRESS)
        # As many as there are threads, so that failures are counted before the next try is made.
        self._turn = asyncio.Semaphore(passwords.AT_ONCE)

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return self._cookie

    async def sign_in(self, email: str, password: str, address: str, now: int) -> Person:
        """Check a password. Raises Problem: unauthenticated, or rate-limited."""
        account = email.strip().casefold()
        source = _network(address)
        async with self._turn:
            self._check_wait(account, source, now)
            person = await self._records.people.by_email(email)
            stored = person.password_hash if person and person.active else None
            fits = await passwords.matches(stored, password)
            if person is None or not fits:
                self._accounts.failed(account, now)
                self._addresses.failed(source, now)
                raise Problem(ProblemType.UNAUTHENTICATED, "wrong e-mail address or password")
        self._accounts.forgive(account)
        return person

    async def start(self, person: Person, answer: web.StreamResponse, now: int) -> None:
        """Begin a session and give its cookie."""
        token = await self._records.sessions.start(person.id, now, TTL_MS)
        answer.set_cookie(
            self._cookie,
            token,
            max_age=TTL_MS // 1000,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Strict",
        )

    async def end(self, caller: Caller, answer: web.StreamResponse) -> None:
        """Sign out."""
        if caller.token:
            await self._records.sessions.end(caller.token)
            self._sign_ins.forget(caller.token)
        answer.del_cookie(self._cookie, path="/")

    async def end_all(self, person_id: str) -> None:
        """Sign a person out everywhere."""
        await self._records.sessions.end_all(person_id)
        self._sign_ins.forget_all(person_id)

    async def end_others(self, caller: Caller) -> None:
        """Sign a person out everywhere but here."""
        await self._records.sessions.end_all(caller.id, but=caller.token)
        self._sign_ins.forget_all(caller.id)

    async def check_password(self, person: Person, password: str, now: int) -> None:
        """Whether they know it, before it is changed. Raises Problem: validation, rate-limited.

        Wrong ones count like failed sign-ins: a page left open is no way to guess.
        """
        account = person.email.casefold()
        async with self._turn:
            self._check_wait(account, account, now)
            if await passwords.matches(person.password_hash, password):
                self._accounts.forgive(account)
                return
            self._accounts.failed(account, now)
        raise invalid("old", "this is not your password")

    async def find(self, request: web.Request, now: int) -> Caller | None:
        """Who calls, by key or by cookie. Raises Problem for a key that is not valid."""
        key = bearer(request)
        if key is not None:
            return await self._by_key(key, now)
        token = request.cookies.get(self._cookie)
        person_id = await self._sign_ins.find(token, now) if token else None
        if person_id is None:
            return None
        person = self._directory.person(person_id) or await self._records.people.get(person_id)
        return Caller(person.id, Role(person.role), token)

    async def is_valid(self, caller: Caller, now: int) -> bool:
        """Whether a session still stands; keys are looked at by whoever revokes them."""
        if caller.token is None:
            keys = await self._records.keys.all()
            return any(key.id == caller.id and key.revoked_at is None for key in keys)
        return await self._sign_ins.ask(caller.token, now) is not None

    def check_origin(self, request: web.Request) -> None:
        """Refuse what another site's page sends. Raises Problem.

        Every browser names the origin of unsafe requests and of WebSockets; a program need not.
        """
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None:
            site = request.headers.get("Sec-Fetch-Site", "none")
            if site in {"none", "same-origin"}:
                return
        elif origin_of(origin) in {self._public, _own_origin(request)}:
            return
        raise Problem(ProblemType.FORBIDDEN, "this comes from another site's page")

    def end_key(self, key_id: str) -> None:
        """A key was revoked."""
        self._keys.forget_all(key_id)

    async def _ask_for_key(self, secret: str, now: int) -> Caller | None:
        key = await self._records.keys.find(secret)
        if key is None:
            return None
        # Keys that were made before there were scopes may do everything.
        return Caller(key.id, key.role, scopes=frozenset(key.scopes or ITS_OWN))

    async def _by_key(self, secret: str, now: int) -> Caller:
        caller = await self._keys.find(secret, now)
        if caller is not None:
            return caller
        raise Problem(
            ProblemType.UNAUTHENTICATED,
            "this key is not valid",
            headers={hdrs.WWW_AUTHENTICATE: 'Bearer error="invalid_token"'},
        )

    def _check_wait(self, account: str, source: str, now: int) -> None:
        wait = max(self._accounts.wait_ms(account, now), self._addresses.wait_ms(source, now))
        if wait:
            seconds = -(-wait // 1000)
            raise Problem(
                ProblemType.RATE_LIMITED,
                f"too many failed sign-ins; try again in {seconds} seconds",
                headers={hdrs.RETRY_AFTER: str(seconds)},
            )


def bearer(request: web.Request) -> str | None:
    """The key that a program sends; other schemes are a proxy's business, not ours."""
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    return header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else None


def origin_of(url: str) -> str:
    """Scheme, host and port, with the scheme's own port left out."""
    try:
        parts = urlsplit(url.casefold())
        port = parts.port
    except ValueError:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + ("" if port in {None, usual} else f":{port}")


def _own_origin(request: web.Request) -> str:
    """The origin that the browser sees when it is not the public one: the Host it asked."""
    return origin_of(f"{request.scheme}://{request.host}")


def _network(address: str) -> str:
    """An IPv6 host can take any of 2^64 addresses: its network counts as one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.version == 6 and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
