"""The AMI link: what ARI does not tell (contacts, security, FullyBooted) and Redirect.

On panoramisk's protocol, with what it lacks: control characters are refused (a CR LF would
inject an action), every action has a limit, a silent server is noticed by a ping, and the link
is made anew for ever. Nothing is repeated after a reconnection, and nothing is originated here.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from panoramisk.ami_protocol import AMIProtocol

from app.telephony.ari_errors import AriError, LinkDown, Timeout

log = logging.getLogger("ringdesk.ami")

CONNECT_SECONDS = 3.0
ACTION_SECONDS = 3.0
PING_EVERY_SECONDS = 2.0
PING_SECONDS = 2.0
BACKOFF_FIRST_SECONDS = 0.1
BACKOFF_LIMIT_SECONDS = 2.0
EVENTS = "system,security"

FORBIDDEN = frozenset({"originate"})
"""Never over AMI: panoramisk and we could not tell whether an unanswered one was carried out."""


@dataclass(frozen=True, slots=True)
class AmiAddress:
    """Where Asterisk's manager interface is, and as whom."""

    host: str
    port: int
    user: str
    password: str


class AmiError(AriError):
    """Asterisk answered an action with an error."""


class AmiLink:
    """One connection at a time, for ever; `run` owns every task of it."""

    def __init__(
        self,
        address: AmiAddress,
        *,
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[str], Awaitable[None]],
        on_event: Callable[[dict[str, str]], None],
    ) -> None:
        self._address = address
        self._on_up = on_up
        self._on_down = on_down
        self._on_event = on_event
        self._protocol: Any = None
        self._told_reason = ""

    @property
    def connected(self) -> bool:
        """Whether actions can be sent."""
        return self._protocol is not None

    async def run(self) -> None:
        """Connect and serve until cancelled."""
        delay = BACKOFF_FIRST_SECONDS
        while True:
            if await self._serve():
                delay = BACKOFF_FIRST_SECONDS
            await asyncio.sleep(delay * random.uniform(0.7, 1.3))
            delay = min(delay * 2, BACKOFF_LIMIT_SECONDS)

    async def action(self, name: str, **fields: str) -> list[dict[str, str]]:
        """Send an action; its answers, the first of them the response. Raises AriError.

        Raises ValueError for a control character or an action that is not allowed here.
        """
        if name.lower() in FORBIDDEN:
            raise ValueError(f"{name} is not sent over AMI")
        for key, value in fields.items():
            if any(ord(c) < 32 or ord(c) == 127 for c in key + value):
                raise ValueError(f"{name}: control character in {key}")
        if self._protocol is None:
            raise LinkDown("AMI is not connected")
        return await self._send(self._protocol, {"Action": name, **fields})

    async def redirect(self, channel: str, context: str, exten: str, priority: str = "1") -> None:
        """Send a channel into the dialplan, also one that ARI cannot move. Raises AriError."""
        await self.action(
            "Redirect", Channel=channel, Context=context, Exten=exten, Priority=priority
        )

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a channel variable, also where ARI may not. Raises AriError."""
        await self.action("Setvar", Channel=channel, Variable=name, Value=value)

    async def _serve(self) -> bool:
        """One connection from beginning to end; true when it came up."""
        up = False
        reason = "closed"
        try:
            connection = _Connection(self._on_event)
            protocol = await self._sign_in(connection)
            self._protocol = protocol
            try:
                up = True
                await self._on_up()
                await self._keep(protocol, connection)
            finally:
                self._protocol = None
                protocol.close()
        except AriError as error:
            reason = str(error)
            if reason != self._told_reason:  # once, not at each attempt
                log.warning("AMI link down: %s", reason)
        except Exception as error:
            reason = repr(error)
            log.exception("AMI link down after a fault of ours")
        self._told_reason = reason
        await self._on_down(reason)
        return up

    async def _sign_in(self, connection: "_Connection") -> Any:
        loop = asyncio.get_running_loop()
        protocol: Any = None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, protocol = await loop.create_connection(
                    AMIProtocol, self._address.host, self._address.port
                )
            connection.adopt(protocol)
            login = {"Username": self._address.user, "Secret": self._address.password}
            await self._send(protocol, {"Action": "Login", "Events": EVENTS, **login})
        except (OSError, TimeoutError) as error:
            raise LinkDown(f"cannot connect: {error or type(error).__name__}") from None
        except BaseException:
            if protocol is not None:
                protocol.close()
            raise
        return protocol

    async def _keep(self, protocol: Any, connection: "_Connection") -> None:
        """Ping until the link fails; always raises LinkDown or Timeout."""
        while True:
            try:
                async with asyncio.timeout(PING_EVERY_SECONDS):
                    raise LinkDown(await asyncio.shield(connection.lost))
            except TimeoutError:
                await self._send(protocol, {"Action": "Ping"}, PING_SECONDS)

    async def _send(
        self, protocol: Any, fields: dict[str, str], seconds: float = ACTION_SECONDS
    ) -> list[dict[str, str]]:
        if protocol.transport.is_closing():  # lost, and not told yet: no use in waiting
            raise LinkDown("AMI is not connected")
        # None: panoramisk finds out itself how many messages to wait for; else lists are cut.
        future = protocol.send(dict(fields), as_list=None)
        try:
            async with asyncio.timeout(seconds):
                answer = await future
        except TimeoutError:
            raise Timeout(f"AMI {fields['Action']}: no answer within {seconds} s") from None
        messages = [plain(m) for m in (answer if isinstance(answer, list) else [answer])]
        if messages[0].get("response") == "Error":
            raise AmiError(f"AMI {fields['Action']}: {messages[0].get('message', '')}")
        return messages


def plain(message: Any) -> dict[str, str]:
    """A panoramisk message as a plain dictionary with lower-case names; a repeated name keeps
    its last value."""
    return {
        str(k).lower(): str(v[-1] if isinstance(v, list) and v else v) for k, v in message.items()
    }


class _Connection:
    """What panoramisk's protocol calls its factory: takes events, and is told of the end."""

    # A protocol that closes hands unanswered actions back for a replay, unless forgetable.
    class _All:
        def __contains__(self, action: object) -> bool:
            return True

    forgetable_actions = _All()
    save_stream = None

    def __init__(self, on_event: Callable[[dict[str, str]], None]) -> None:
        self._on_event = on_event
        self.awaiting_actions: list[Any] = []
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def adopt(self, protocol: Any) -> None:
        """Stand behind a new connection."""
        protocol.factory = self
        protocol.encoding = "utf8"
        protocol.log = log

    def dispatch(self, message: Any) -> None:
        """An event came."""
        try:
            self._on_event(plain(message))
        except Exception:
            log.exception("AMI event could not be taken")

    def connection_lost(self, error: Any) -> None:
        """The connection ended."""
        if not self.lost.done():
            self.lost.set_result(f"connection lost: {error}")
