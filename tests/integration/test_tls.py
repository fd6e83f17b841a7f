"""One setting each makes the service speak HTTPS."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.support.stack import PASSWORD, Stack

FOLDER = Path(__file__).parents[1] / "support" / "tls"


@pytest.fixture
def https_stack(tmp_path: Path) -> Iterator[Stack]:
    files = {"TLS_CERT": str(FOLDER / "cert.pem"), "TLS_KEY": str(FOLDER / "key.pem")}
    stack = Stack(tmp_path, **files)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


async def test_with_a_certificate_the_page_and_the_api_are_served_over_tls(
    https_stack: Stack,
) -> None:
    trusting = ssl.create_default_context(cafile=FOLDER / "cert.pem")
    url = f"https://{urlsplit(https_stack.url).netloc}"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting)) as browser:
        async with browser.get(f"{url}/readyz") as answer:
            assert answer.status == 200
        credentials = {"email": "ana@example.com", "password": PASSWORD}
        async with browser.post(f"{url}/api/v1/session", json=credentials) as answer:
            assert answer.ok
            assert "Secure" in answer.headers["Set-Cookie"]
