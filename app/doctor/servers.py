"""The servers, each asked by the doctor itself, whether or not Ringdesk runs."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import sqlalchemy as sa
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from app.acd import connect
from app.config import Settings
from app.doctor.finding import Finding, doubtful, ill, well
from app.domain.mail import MailServer
from app.embedded import Endpoints
from app.messaging import imap, smtp
from app.records.database import make_engine
from app.records.errors import UnsupportedDatabase

SECONDS = 5.0
SKEW_SECONDS = 2.0
EMPTY = doubtful("database", "has nothing in it yet: the first start fills it")


async def redis(endpoints: Endpoints) -> list[Finding]:
    """Whether it answers, keeps what it is given, and has our time."""
    client = connect(endpoints.redis_url, timeout_s=SECONDS)
    try:
        began = time.time()
        seconds, _ = await client.time()
        kept = await client.info("persistence")
        memory = await client.config_get("maxmemory*")
    except AuthenticationError:
        return [ill("redis", "it does not take the password of RINGDESK_REDIS_URL")]
    except ResponseError as error:
        return [doubtful("redis", f"answers, and says: {error}")]
    except (RedisError, OSError) as error:
        return [ill("redis", f"{DOES_NOT['redis']} ({type(error).__name__})")]
    finally:
        await client.aclose()
    if memory.get("maxmemory-policy") != "noeviction" and memory.get("maxmemory") != "0":
        return [
            ill(
                "redis",
                "answers, but throws away what is in the queue when its memory is full: "
                "set maxmemory-policy noeviction",
            )
        ]
    if not kept.get("aof_enabled"):
        return [
            doubtful(
                "redis", "answers, but forgets the queue when it is killed: set appendonly yes"
            )
        ]
    if kept.get("aof_last_write_status") != "ok":
        return [ill("redis", "answers, but cannot write its append-only file: is its disk full?")]
    if abs(seconds - began) > SKEW_SECONDS:
        return [
            doubtful("redis", f"answers; its clock differs from ours by {seconds - began:.0f} s")
        ]
    return [well("redis", "answers, and keeps the queue on its disk")]


async def database(settings: Settings) -> list[Finding]:
    """Whether it answers, and was made."""
    if not has_file(settings):
        return [EMPTY]
    try:
        engine = make_engine(settings.database_url, connections=1)
    except (UnsupportedDatabase, sa.exc.ArgumentError):
        return [ill("database", "RINGDESK_DATABASE_URL is no sqlite or postgresql address")]
    try:
        async with asyncio.timeout(SECONDS), engine.connect() as connection:
            await connection.execute(sa.text("SELECT COUNT(*) FROM people"))
    except sa.exc.ProgrammingError:
        return [EMPTY]
    except sa.exc.OperationalError as error:
        if "no such table" in str(error.orig):
            return [EMPTY]
        return [ill("database", f"{DOES_NOT['database']} ({type(error).__name__})")]
    except Exception as error:  # asyncpg's own are no SQLAlchemyError while it connects
        return [ill("database", f"{DOES_NOT['database']} ({type(error).__name__})")]
    finally:
        await engine.dispose()
    return [well("database", "answers")]


def has_file(settings: Settings) -> bool:
    """Whether there is SQLite's file: a connection would make it."""
    sqlite, _, path = settings.database_url.partition(":///")
    return not sqlite.startswith("sqlite") or Path(path.partition("?")[0]).exists()


async def ari(http: aiohttp.ClientSession, settings: Settings, at: Endpoints) -> list[Finding]:
    """Whether Asterisk lets us in, and knows the trunk and the language."""
    auth = {"Authorization": aiohttp.encode_basic_auth(at.ari_user, at.ari_password)}
    try:
        async with http.get(f"{at.ari_url}/asterisk/info", headers=auth) as answer:
            if answer.status == 401:
                return [
                    ill(
                        "ari",
                        "Asterisk refuses our password: RINGDESK_ARI_USER and "
                        "RINGDESK_ARI_PASSWORD are to be those of its ari.conf",
                    )
                ]
            if answer.status != 200:
                return [
                    ill(
                        "ari",
                        f"{at.ari_url} answers {answer.status}: is it Asterisk's, and "
                        "res_ari loaded?",
                    )
                ]
            version = (await answer.json())["system"]["version"]
        async with http.get(f"{at.ari_url}/applications", headers=auth) as answer:
            served = any(app["name"] == "ringdesk" for app in await answer.json())
        found = [well("ari", f"answers, Asterisk {version}")]
        if not served:
            found = [
                doubtful(
                    "ari",
                    f"answers, Asterisk {version}, but nobody serves its application "
                    "ringdesk: callers wait in the dialplan",
                )
            ]
        return [*found, await _sounds(http, settings, at, auth)]
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
        return [ill("ari", f"{DOES_NOT['ari']} ({type(error).__name__})")]


async def _sounds(
    http: aiohttp.ClientSession, settings: Settings, at: Endpoints, auth: dict[str, str]
) -> Finding:
    language = settings.language
    own = settings.sounds_dir / language / "queue-youarenext.wav"
    query = {"lang": language, "format": "wav"} if own.exists() else {"lang": language}
    async with http.get(f"{at.ari_url}/sounds", headers=auth, params=query) as answer:
        # 404 or 500 and an object where there is none (ari_sounds)
        told = await answer.json() if answer.status == 200 else []
    there = {sound["id"] for sound in told}
    if own.exists() or "queue-youarenext" in there:
        return well("sounds", f"waiting callers are told their place in “{language}”")
    return doubtful(
        "sounds",
        f"nothing to say in “{language}”: English is spoken; put recordings into "
        f"{settings.sounds_dir / language}",
    )


async def ami(at: Endpoints) -> list[Finding]:
    """Whether the manager interface lets us in."""
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(at.ami_host, at.ami_port)
            login = f"Action: Login\r\nUsername: {at.ami_user}\r\nSecret: {at.ami_password}\r\n\r\n"
            writer.write(login.encode())
            told = ""
            while "Response:" not in told:
                told = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        return [ill("ami", f"{DOES_NOT['ami']} ({type(error).__name__})")]
    if "Success" not in told:
        return [
            ill(
                "ami",
                "Asterisk refuses our password, or this address: compare "
                "RINGDESK_AMI_USER and RINGDESK_AMI_PASSWORD with its manager.conf",
            )
        ]
    return [well("ami", "answers")]


async def mail(
    settings: Settings, mailboxes: Sequence[tuple[str, MailServer | None, MailServer | None]]
) -> list[Finding]:
    """Whether each mailbox's servers, and the one for all, let us in. Nothing is sent or marked."""
    asked = [("RINGDESK_SMTP_URL", "SMTP", settings.smtp)]
    for address, way_out, way_in in mailboxes:
        asked += [(address, "SMTP", way_out), (address, "IMAP", way_in)]
    tries = [(whose, kind, server) for whose, kind, server in asked if server is not None]
    if not tries:
        return [well("mail", "no mail server is set")]
    told = await asyncio.gather(
        *((smtp if kind == "SMTP" else imap).try_out(server, SECONDS) for _, kind, server in tries)
    )
    return [
        ill("mail", f"{whose}, {kind}: {words}")
        if words
        else well("mail", f"{whose}, {kind}: lets us in")
        for (whose, kind, _), words in zip(tries, told, strict=True)
    ]


DOES_NOT = {
    "redis": "does not answer: see log/redis.log in the state folder, or RINGDESK_REDIS_URL",
    "database": "does not answer: see RINGDESK_DATABASE_URL, and the disk of the state folder",
    "ari": "does not answer: see log/asterisk.log in the state folder, or RINGDESK_ARI_URL",
    "ami": "does not answer: see manager.conf, or RINGDESK_AMI_HOST",
}
