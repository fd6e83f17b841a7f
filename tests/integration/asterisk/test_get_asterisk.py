"""What `get-asterisk.sh` does when something is missing. Nothing here needs a network."""

import os
import subprocess
from pathlib import Path

import pytest

from app.config import load
from app.embedded.asterisk import install_folder
from app.embedded.asterisk_config import HOUSE

SCRIPT = HOUSE / "asterisk" / "get-asterisk.sh"
SOURCES = {
    "one-line": ("a.list", "deb http://127.0.0.1:9/debian bookworm main\n"),
    "deb822": (
        "a.sources",
        "Types: deb\nURIs: http://127.0.0.1:9/debian/\nSuites: bookworm\nComponents: main\n",
    ),
}
SECURITY = "deb http://127.0.0.1:9/debian-security bookworm-security main\n"


def _run(destination: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, destination],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    done = _run(install_folder(load(dotenv=tmp_path / "none")))

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_a_network_it_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    failed = _run(tmp_path / "asterisk", RINGDESK_DEBIAN_MIRROR="http://127.0.0.1:9/debian")

    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].endswith("is there a network?")
    assert list(tmp_path.iterdir()) == []


def test_packages_that_nobody_signed_are_refused(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "dists/forky/main").mkdir(parents=True)
    (mirror / "dists/forky/Release").write_text("Suite: forky\nCodename: forky\nSHA256:\n")

    failed = _run(tmp_path / "asterisk", RINGDESK_DEBIAN_MIRROR=f"file:{mirror}")

    assert failed.returncode == 1
    assert "not signed" in failed.stderr
    assert not (tmp_path / "asterisk").exists()


@pytest.mark.parametrize(("name", "text"), SOURCES.values(), ids=SOURCES)
def test_the_mirror_is_the_host_s_own(tmp_path: Path, name: str, text: str) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (parts / "0-security.list").write_text(SECURITY)
    (parts / name).write_text(text)
    config = tmp_path / "apt.conf"
    config.write_text(f'Dir::Etc::SourceList "/dev/null";\nDir::Etc::SourceParts "{parts}";\n')

    failed = _run(tmp_path / "asterisk", APT_CONFIG=str(config))

    assert "127.0.0.1" in failed.stderr, failed.stderr
    assert "security" not in failed.stderr


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")

    failed = _run(tmp_path)

    assert failed.returncode == 1
    assert "name another folder" in failed.stderr
    assert (tmp_path / "mine").read_text() == "precious"


def test_a_system_without_apt_is_told_what_to_do(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "readlink", "dirname", "cat", "ls"):
        (tools / name).symlink_to(f"/usr/bin/{name}")

    failed = _run(tmp_path / "asterisk", PATH=str(tools))

    assert failed.stderr.startswith("get-asterisk: apt-get is missing:")
    assert len(failed.stderr.splitlines()) == 1
