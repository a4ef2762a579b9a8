"""Child processes that end with their parent, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from gridpact.cli.output import note

_PR_SET_PDEATHSIG = 1
STOP_SECONDS = 8


def _die_with_parent() -> None:
    """In the child, before it runs: the kernel sends SIGTERM when the parent is gone (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Family:
    """The processes of one demo: they start together and stop together."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def start(self, *command: str) -> None:
        """Start `gridpact COMMAND …` in a session of its own, so that Ctrl-C reaches only us."""
        self.children[command[0]] = subprocess.Popen(
            [sys.executable, "-m", "gridpact.cli", *command],
            env=os.environ | {"GRIDPACT_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def wait_until_ready(self, url: str, *, seconds: float) -> bool:
        """Wait for 200 at `url`; False (and everything stopped) when it does not come."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._all_alive():
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)  # a refused connection answers at once; ask again soon
        self.stop()
        return False

    def _all_alive(self) -> bool:
        if self.stopping:
            return False
        for name, child in self.children.items():
            if child.poll() is not None:
                note(f"gridpact: {name} has ended with code {child.returncode}")
                return False
        return True

    def wait(self) -> int:
        """Wait for a signal or the end of a child, then stop all; 0 after a signal."""
        while self._all_alive():
            time.sleep(0.2)  # nothing tells of a child's end and of a signal alike: look
        asked = self.stopping
        self.stop()
        return 0 if asked else 1

    def stop(self) -> None:
        """SIGTERM, some patience, then SIGKILL for the whole session of each child."""
        alive = [child for child in self.children.values() if child.poll() is None]
        for child in alive:
            child.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in alive:
            try:
                child.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
