"""An agent's SIP user, pushed into Asterisk over ARI with the fields of asterisk/README.md."""

from typing import Any

from tests.integration.asterisk.stack import Ari

ENDPOINT = {
    "context": "from-agents",
    "identify_by": "username",
    "disallow": "all",
    "allow": "ulaw,alaw",
    "direct_media": "no",
    "dtmf_mode": "rfc4733",
    "allow_transfer": "no",
    "rtp_symmetric": "yes",
    "force_rport": "yes",
    "rewrite_contact": "yes",
    "rtp_keepalive": "15",
    "media_address": "127.0.0.1",
    "bind_rtp_to_media_address": "yes",
}
AOR = {
    "max_contacts": "1",
    "remove_existing": "yes",
    "qualify_frequency": "2",
    "qualify_timeout": "1.0",
    "support_path": "no",
}


async def push_user(ari: Ari, user: str, password: str) -> None:
    """Make the auth, the aor and the endpoint, in the order in which they refer to each other."""
    auth = {"auth_type": "userpass", "username": user, "password": password}
    await _push(ari, "auth", user, auth)
    await _push(ari, "aor", user, AOR)
    await _push(ari, "endpoint", user, {**ENDPOINT, "auth": user, "aors": user})


async def _push(ari: Ari, kind: str, name: str, fields: dict[str, str]) -> None:
    body: list[Any] = [{"attribute": key, "value": value} for key, value in fields.items()]
    path = f"asterisk/config/dynamic/res_pjsip/{kind}/{name}"
    status, answer = await ari.ask("PUT", path, fields=body)
    assert status == 200, (kind, status, answer)
