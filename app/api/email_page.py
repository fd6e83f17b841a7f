"""The HTML of an email as a page of its own, shut off from everything.

It was sanitised when it came (`messaging`); this is the second wall, for what a sanitiser lets
through: the page belongs to no origin, no script runs in it whatever stands there, and it loads
nothing but what it carries. Pictures of the mail itself come inside it (RFC 2397): a page without
an origin has no cookies to fetch them with.
"""

import base64
import re
from html import escape

from app.desk.attachments import Attachments
from app.domain.attachment import SHOWN
from app.domain.mail import Email

INLINE_LIMIT = 5 * 1024 * 1024
"""Bytes of pictures that come inside the page; further ones are attachments only."""
SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
"""Links open in a tab of their own; nothing else is allowed."""
_CID = re.compile(r"""(["'])cid:([^"']{1,300})\1""", re.IGNORECASE)
_REMOTE = re.compile(
    r"""<img\b[^>]*\bsrc\s*=\s*["']?\s*(https?:)?//|<[^>]*\b(background|srcset|poster)\s*=|url\(""",
    re.IGNORECASE,
)


def policy(images: bool) -> str:
    """The page's Content Security Policy; with `images` pictures come from elsewhere, too."""
    source = "data: https: http:" if images else "data:"
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'unsafe-inline'",
            f"img-src {source}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            SANDBOX,
        )
    )


def has_remote(html: str | None) -> bool:
    """Whether it would load pictures from elsewhere."""
    return html is not None and _REMOTE.search(html) is not None


async def page(email: Email, attachments: Attachments) -> str:
    """The whole page."""
    pictures = await _pictures(email, attachments)
    body = _CID.sub(lambda found: f'"{pictures.get(_key(found[2]), "")}"', email.html or "")
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        '<meta name="referrer" content="no-referrer"><base target="_blank">'
        f"<title>{escape(email.subject)}</title>"
        "<style>body{margin:12px;font:14px/1.5 system-ui,sans-serif;color:#1a1a1a;"
        "background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}</style>"
        f"</head><body>{body}</body></html>"
    )


async def _pictures(email: Email, attachments: Attachments) -> dict[str, str]:
    """Content-IDs and the addresses that carry the picture itself."""
    found: dict[str, str] = {}
    room = INLINE_LIMIT
    for content_id, file in email.inline.items():
        kept = await attachments.find(file)
        if kept is None or kept.type not in SHOWN or kept.size > room:
            continue
        data = await attachments.read(file)
        if data is not None:
            room -= len(data)
            coded = base64.b64encode(data).decode("ascii")
            found[_key(content_id)] = f"data:{kept.type};base64,{coded}"
    return found


def _key(content_id: str) -> str:
    return content_id.strip().strip("<>").casefold()
