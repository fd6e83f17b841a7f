"""What a browser needs to be a phone."""

from msgspec import Struct

from app.api.shapes import Instant


class IceServer(Struct, frozen=True):
    """A STUN or TURN server, as RTCPeerConnection takes it."""

    urls: str
    username: str | None
    credential: str | None


class SipSession(Struct, frozen=True):
    """The SIP user of one tab. Its WebSocket is under the page's own origin."""

    user: str
    password: str
    uri: str
    websocket_url: str
    ice_servers: list[IceServer]
    expires_at: Instant
    """Unless the WebSocket is open: it lives as long as that, and no longer than the sign-in."""
