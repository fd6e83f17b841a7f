"""What the container's entry point needs of Ringdesk, and what it makes of the environment.

No container runs here: the files that the Dockerfile copies are run on the unpacked Asterisk.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import load
from app.embedded.asterisk import install_folder
from app.embedded.asterisk_config import HOUSE, Installation
from app.embedded.asterisk_container import container_config
from app.embedded.server import EmbeddedError

SECRETS = {"RINGDESK_ARI_PASSWORD": "ari-secret", "RINGDESK_AMI_PASSWORD": "ami-secret"}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with what the Dockerfile copies, and no more."""
    text = (HOUSE / "asterisk" / "Dockerfile").read_text()
    folder = tmp_path / "ringdesk"
    for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            place = folder / target
            if (HOUSE / source).is_dir():
                shutil.copytree(HOUSE / source, place)
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(HOUSE / source, place)
    return folder


def _run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.embedded.asterisk_container"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_copied_files_are_enough_to_say_what_is_missing(copied: Path) -> None:
    ended = _run(copied, RINGDESK_STATE_DIR=str(copied / "state"))

    assert ended.returncode == 1
    assert ended.stderr.startswith("asterisk: ")
    assert len(ended.stderr.splitlines()) == 1


def test_both_passwords_must_be_set(tmp_path: Path) -> None:
    installation = Installation.unpacked(install_folder(load(dotenv=tmp_path / "none")))
    with pytest.raises(EmbeddedError, match="RINGDESK_AMI_PASSWORD"):
        container_config(load({"RINGDESK_ARI_PASSWORD": "x"}, tmp_path / "none"), installation)

    config = container_config(load(SECRETS, tmp_path / "none"), installation)

    assert str(config.http) == "0.0.0.0:8088"
    assert (config.ari_password, config.ami_password) == ("ari-secret", "ami-secret")
