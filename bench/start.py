"""How soon the server answers on a migrated database, and what a page weighs on the wire."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from urllib.parse import urljoin

from common import PORT, home_of, prepare, request, server, session_cookie, spread, wait_for

ROUNDS = 5
PAGES = ("/", "/board", "/o/new", "/work", "/orders/?queue=all", "/figures")
_LINKS = re.compile(rb'<(?:link|script|img)\b[^>]*?(?:href|src)="([^"]+)"')
_LISTED = (b'rel="manifest"', b'rel="alternate"', b'rel="canonical"')


def bytes_of(path: str, cookie: str) -> tuple[int, bytes]:
    """Bytes of an answer as a browser receives it, head included, and the readable body."""
    plain = request("GET", path, Cookie=cookie, Connection="close")
    packed = request("GET", path, Cookie=cookie, Connection="close", Accept_Encoding="br, gzip")
    return len(_whole(packed)), _whole(plain).partition(b"\r\n\r\n")[2]


def _whole(raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", PORT), timeout=30) as wire:
        wire.sendall(raw)
        parts = []
        while data := wire.recv(1 << 16):
            parts.append(data)
    return b"".join(parts)


def weight(path: str, cookie: str) -> tuple[int, int]:
    """Bytes of the page alone, and with the styles, scripts and pictures it names."""
    own, html = bytes_of(path, cookie)
    total = own
    tags = [
        match.group(1)
        for match in _LINKS.finditer(html)
        if not any(word in match.group(0) for word in _LISTED)
    ]
    for link in dict.fromkeys(tags):
        address = urljoin(path, link.decode().replace("&amp;", "&"))
        if address.startswith("/"):
            total += bytes_of(address, cookie)[0]
    return own, total


def seconds_to_start() -> float:
    """From the command to the first answer of `/healthz`."""
    command = [sys.executable, "-m", "gridpact.cli", "serve", "--port", str(PORT)]
    env = {**os.environ, "GRIDPACT_HOME": str(home_of("small"))}
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env)
    try:
        wait_for(PORT, process)
        return time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(20)


def main() -> int:
    """The database runs already, as with any server of its own."""
    prepare("small")
    starts = [seconds_to_start() for _ in range(ROUNDS)]
    print(f"server start: {spread(starts, 2)} s (bar 3)")
    cookie = session_cookie("zhihe")
    with server():
        for path in PAGES:
            own, total = weight(path, cookie)
            print(f"{path}: {own / 1000:.1f} kB, with all it names {total / 1000:.0f} kB (bar 200)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
