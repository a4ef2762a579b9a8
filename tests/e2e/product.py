"""The product as an installation runs it: demo district, web server and worker as own processes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright

CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Product:
    """Where it answers, and the password of every demo account."""

    address: str
    password: str


@contextmanager
def running_product() -> Iterator[Product]:
    """A fresh demo in a folder of its own, served with a worker; all of it gone afterwards.

    With `GRIDPACT_E2E_ADDRESS` and `GRIDPACT_E2E_PASSWORD`: a demo that runs already, left as it is.
    """
    if os.environ.get("GRIDPACT_E2E_ADDRESS"):
        yield Product(os.environ["GRIDPACT_E2E_ADDRESS"], os.environ["GRIDPACT_E2E_PASSWORD"])
        return
    home = Path(tempfile.mkdtemp(prefix="gridpact-e2e-"))
    home.chmod(0o755)  # the embedded server runs as another user when we are root
    children: list[subprocess.Popen[bytes]] = []
    try:
        facts = json.loads(_run(home, "demo", "--no-serve", "--json"))
        address = f"http://127.0.0.1:{_free_port()}"
        children = [
            _start(home, "serve", "--port", address.rpartition(":")[2]),
            _start(home, "worker"),
        ]
        _wait_until_ready(f"{address}/readyz")
        yield Product(address, facts["password"])
    finally:
        _stop(children)
        shutil.rmtree(home, ignore_errors=True)


def _environment(home: Path) -> dict[str, str]:
    """Ours, without the test suite's settings and database."""
    ours = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"GRIDPACT_HOME": str(home), "GRIDPACT_PG_FAST": "1"}


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "gridpact.cli", *words]


def _run(home: Path, *words: str) -> str:
    done = subprocess.run(
        _command(*words), env=_environment(home), capture_output=True, text=True, check=False,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def _start(home: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        _command(*words), env=_environment(home), stdin=subprocess.DEVNULL, start_new_session=True
    )


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError(f"{address} did not answer within 60 s")


def chromium_path() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for name in _BROWSERS if (found := shutil.which(name))), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """That browser, without a window and without calls of its own."""
    return playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
