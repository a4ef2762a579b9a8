"""What a web worker weighs after much work: intake, lists, details, board and figures."""

from __future__ import annotations

import itertools
import sys

from common import (
    PORT,
    Connection,
    children_of,
    drive,
    prepare,
    request,
    resident_bytes,
    server,
    session_cookie,
)
from intake import CLIENTS, bodies, through_the_api
from lists import pages

SECONDS = 5.0
MIB = 1024 * 1024


def main() -> int:
    """Prints each worker's resident memory at the start, after intake, and after reading pages."""
    prepare("small")
    cookie = session_cookie("zhihe")
    asked = [
        request("GET", path, Cookie=cookie)
        for path in pages().values()
        if not path.startswith("/api/")
    ]
    raw = bodies(2000)

    def reader(number: int):  # type: ignore[no-untyped-def]  # a closure for `drive`
        connection, mine = Connection(PORT), itertools.cycle(asked[number % len(asked) :] + asked)

        def ask() -> None:
            status, body = connection.ask(next(mine))
            if status != 200:
                raise RuntimeError(f"{status} {body[:200]!r}")

        return ask

    with server() as process:
        workers = children_of(process.pid)
        for name, work in (("at start", None), ("intake", through_the_api(raw)), ("pages", reader)):
            calls = 0 if work is None else len(drive(work, CLIENTS, SECONDS).calls)
            sizes = ", ".join(f"{resident_bytes(pid) / MIB:.0f}" for pid in workers)
            print(f"workers after {name} ({calls} calls): {sizes} MiB (bar 200)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
