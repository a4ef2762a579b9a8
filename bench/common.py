"""What every benchmark needs: a district of its own, a real server, clients, and honest numbers."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

PORT = int(os.environ.get("GRIDPACT_BENCH_PORT", "8179"))
PASSWORD = "only for benchmarks"
COMMUNITY = "450312100012"


def home_of(name: str) -> Path:
    """The folder of the benchmark district `name`."""
    base = os.environ.get("GRIDPACT_BENCH_HOME") or Path(tempfile.gettempdir()) / "gridpact-bench"
    return Path(base) / name


def prepare(name: str, *, with_demo: bool = True) -> Path:
    """Set up Django on the benchmark district `name`, built once and kept for the next run."""
    home = home_of(name)
    home.mkdir(parents=True, exist_ok=True)
    os.environ["GRIDPACT_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gridpact.config.settings"
    import django
    from django.core.management import call_command

    from gridpact.core import database

    database.ensure_running()
    django.setup()
    call_command("migrate", verbosity=0)
    from gridpact.cli.prepare import collect_static
    from gridpact.demo.build import build_demo

    collect_static()

    if with_demo and build_demo(password=PASSWORD):
        print(f"built the demo district in {home}")
    return home


@contextmanager
def server(
    name: str = "small", port: int = PORT, workers: int = 2
) -> Iterator[subprocess.Popen[bytes]]:
    """`gridpact serve` as an operator starts it, on the district `name`, stopped at the end."""
    command = [
        sys.executable, "-m", "gridpact.cli", "serve",
        "--port", str(port), "--workers", str(workers),
    ]  # fmt: skip
    env = {**os.environ, "GRIDPACT_HOME": str(home_of(name))}
    process = subprocess.Popen(command, start_new_session=True, env=env)
    try:
        wait_for(port, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> float:
    """Seconds until the server answers `/healthz` with 200."""
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            if Connection(port).ask(request("GET", "/healthz"))[0] == 200:
                return time.perf_counter() - start
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server does not answer")


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as bytes, so that a client costs next to nothing while it measures."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{PORT}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int = PORT) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def ask(self, raw: bytes) -> tuple[int, bytes]:
        """Send a request, return status and body (Content-Length or chunked)."""
        self._socket.sendall(raw)
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        status = int(head[9:12])
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if length:
            return status, self._take(int(length.group(1)))
        if b"chunked" in head.lower():
            return status, b"".join(iter(self._chunk, b""))
        return status, b""

    def _more(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("closed")
        self._rest += data

    def _take(self, count: int) -> bytes:
        while len(self._rest) < count:
            self._more()
        body, self._rest = self._rest[:count], self._rest[count:]
        return body

    def _chunk(self) -> bytes:
        while b"\r\n" not in self._rest:
            self._more()
        size, self._rest = self._rest.split(b"\r\n", 1)
        return self._take(int(size, 16) + 2)[:-2]


@dataclass
class Round:
    """What one stretch of work gave: seconds of each call, and of the whole."""

    calls: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.calls) / self.seconds

    def quantile(self, share: float) -> float:
        """Seconds within which `share` of the calls ended."""
        ordered = sorted(self.calls)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def drive(call: Callable[[int], Callable[[], None]], clients: int, seconds: float) -> Round:
    """`clients` threads that each repeat what `call(client)` gives, for `seconds`."""
    result, barrier = Round(), threading.Barrier(clients + 1)
    errors: list[BaseException] = []

    def work(client: int) -> None:
        try:
            one = call(client)
            barrier.wait()
            end, times = time.perf_counter() + seconds, []
            while (start := time.perf_counter()) < end:
                one()
                times.append(time.perf_counter() - start)
            result.calls += times
        except BaseException as error:
            errors.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        raise errors[0] from None
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - start
    if errors:
        raise errors[0]
    return result


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median and range: `640 (610–655)`."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def milliseconds(seconds: float) -> str:
    """`12.3 ms`."""
    return f"{seconds * 1000:.1f} ms"


def session_cookie(username: str) -> str:
    """The Cookie header of a signed-in demo account."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return f"sessionid={client.cookies['sessionid'].value}"


def token(username: str) -> str:
    """An API token of a demo account."""
    from django.contrib.auth import get_user_model

    from gridpact.accounts.models import ApiToken
    from gridpact.core import clock

    secret = f"bench{random.getrandbits(128):032x}"
    now = clock.now()
    ApiToken.objects.create(
        user=get_user_model().objects.get(username=username),
        digest=ApiToken.digest_of(secret), created_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    return secret


def points_inside(count: int, seed: int = 1) -> list[tuple[float, float]]:
    """Points inside the units of the district, longitude and latitude in degrees."""
    from gridpact.grid.models import Cell

    rows = Cell.objects.filter(level="UNIT").order_by("code").values_list("point_lon", "point_lat")
    units = [(lon, lat) for lon, lat in rows if lon is not None and lat is not None]
    rng = random.Random(seed)
    return [rng.choice(units) for _ in range(count)]


def resident_bytes(pid: int) -> int:
    """Resident memory of a process."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0]) * 1024


def children_of(pid: int) -> list[int]:
    """Process ids of the direct children."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(each) for each in found.split()]


def processor_seconds(pid: int) -> float:
    """Processor time a process and all its descendants have used, ended children included."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        children = children_of(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # ended just now: its parent has taken its time over
    numbers = text.rpartition(")")[2].split()
    own = sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(processor_seconds, children))


def database_pid(name: str = "") -> int:
    """The process id of the PostgreSQL of the district `name` (default: the prepared one)."""
    from gridpact.core.database import server_status

    pid = server_status(home_of(name) if name else None).pid
    if pid is None:
        raise RuntimeError("the benchmark needs the embedded database")
    return pid
