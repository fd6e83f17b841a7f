"""schemathesis asks every operation of the OpenAPI document, sensibly and not: no error of ours.

And what is answered is what the document says: status, media type and shape. Where an id stands in
a path it is one that exists, so that a request gets further than "there is no such thing".
"""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from app.api.route import API
from tests.integration.api.office import Caller, Office

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,unsupported_method"
)
SIGN_OUT = f"DELETE {API}/session"
"""Left out: who signs out is refused from then on."""
EXPECTED = """
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]
"""
"""503 is what is said of Asterisk here: it is away."""


async def _caller(office: Office, name: str) -> tuple[Caller, dict[str, str]]:
    """Somebody, and the headers by which the office knows them."""
    if name == "bot":
        bot = await office.bot()
        return bot, {"Authorization": bot.http.headers["Authorization"]}
    person = await office.person(name)
    cookie = "; ".join(f"{one.key}={one.value}" for one in person.http.cookie_jar)
    return person, {"Cookie": cookie, "Origin": office.url}


async def _ids(office: Office, document: dict[str, dict[str, object]]) -> dict[str, str]:
    """For each collection that an administrator can list: the id of its last member."""
    admin, found = await office.person("ada"), {}
    for path, operations in document.items():
        collection, _, rest = path.partition("/{id}")
        if rest or path == collection or "get" not in document.get(collection, operations):
            continue
        async with admin.http.get(collection) as answer:
            items = (await answer.json()).get("items", []) if answer.status == 200 else []
        if items and "id" in items[-1]:
            found[collection] = str(items[-1]["id"])
    return found


def _settings(ids: dict[str, str], paths: list[str]) -> str:
    """schemathesis.toml: which id stands in which path."""
    found = [EXPECTED]
    for path in paths:
        collection, _, _ = path.partition("/{id}")
        if path != collection and collection in ids:
            known = f'{{ "path.id" = {json.dumps(ids[collection])} }}'
            found.append(f'[[operations]]\ninclude-path = "{path}"\nparameters = {known}')
    return "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["ada", "ana", "bot"])
async def test_no_request_makes_an_error_of_ours(office: Office, tmp_path: Path, name: str) -> None:
    # given a call that waits, and an id of everything that can be listed
    call = await office.call(customer_name="Maria")
    caller, headers = await _caller(office, name)
    async with caller.http.get(f"{API}/openapi.json") as answer:
        paths = (await answer.json())["paths"]
    ids = await _ids(office, paths) | {f"{API}/conversations": call}
    folder = tmp_path / "schemathesis"
    folder.mkdir()
    (folder / "schemathesis.toml").write_text(_settings(ids, list(paths)))

    # when all that may be asked is asked, and much that may not
    sent = [word for header in headers.items() for word in ("-H", ": ".join(header))]
    asking = await asyncio.create_subprocess_exec(
        SCHEMATHESIS, "run", f"{office.url}{API}/openapi.json",
        "--phases", "coverage,fuzzing", "--max-examples", "5", "--seed", "20261122",
        "--checks", CHECKS, "--continue-on-failure", "--no-shrink", "--no-color",
        "--suppress-health-check", "all", "--generation-database", "none",
        "--request-timeout", "30", "--warnings", "off", "--exclude-name", SIGN_OUT, *sent,
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told = (await asking.communicate())[0].decode()

    # then nothing failed, and it was everything
    assert asking.returncode == 0, told[told.find("= FAILURES") :]
    chosen = re.search(r"Operations: +(\d+) selected / (\d+) total", told)
    assert chosen, told[:1500]
    assert int(chosen[1]) == int(chosen[2]) - 1 > 100
    assert f"Tested: {chosen[1]}" in told
