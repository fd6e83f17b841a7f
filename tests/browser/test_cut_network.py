"""Plays cut_network.py where cables can be cut: in a process with a network of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import networks

STORIES = Path(__file__).with_name("cut_network.py")
PATIENCE = 300
"""Seconds for all of them, a stack of their own included."""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(2 * PATIENCE)
def test_its_network_gone_shows_disconnected_within_5_s_everywhere_and_it_comes_back() -> None:
    if not networks.possible():
        pytest.skip("a network of one's own takes root")
    ours = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    words = ("unshare", "--net", sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider")
    with subprocess.Popen(
        (*words, str(STORIES)),
        env=ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as playing:
        try:
            told, _ = playing.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            playing.send_signal(signal.SIGINT)  # its stack ends with it
            told, _ = playing.communicate(timeout=60)
    print("\n".join(line for line in told.splitlines() if line.startswith("a cut network")))
    assert playing.returncode == 0, told
    assert "3 passed" in told
