"""Loading orders from a file: rows a second and the memory it takes, at 10,000 and 100,000 rows."""

from __future__ import annotations

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from common import database_pid, points_inside, prepare, processor_seconds, spread

ROWS, SMALL, ROUNDS = 100_000, 10_000, 3
WORDS = (
    "路灯",
    "井盖",
    "噪声",
    "停车",
    "垃圾",
    "漏水",
    "电梯",
    "树枝",
    "积水",
    "占道",
    "油烟",
    "消防",
)


def write_file(path: Path, rows: int, seed: int) -> None:
    """Invented orders of this year with points, numbers, reporters and texts of usual length."""
    rng = random.Random(seed)
    start = datetime(2026, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "user", "title", "time", "text", "lon", "lat"])
        for number, (lon, lat) in enumerate(points_inside(rows, seed)):
            what = rng.choice(WORDS)
            text = (
                f"{what}问题反映多次，第 {number} 号。"
                + "请有关部门尽快到现场处理。" * rng.randint(1, 6)
            )
            at = start + timedelta(seconds=rng.randrange(300 * 86_400))
            out.writerow([f"{seed}-{number}", f"居民{number}", f"{what}问题", at, text, lon, lat])


def load_one(path: str) -> int:
    """Load a file in this process and print rows, seconds and the peak of memory."""
    prepare("small")
    from gridpact.core.access import system
    from gridpact.grid.tree import tree
    from gridpact.orders.services.loading.bulk import load_orders

    _ = tree().index  # built once a process, not once a row
    postgres = processor_seconds(database_pid())
    own, start = time.process_time(), time.perf_counter()
    report = load_orders(path, actor=system("import"))
    seconds, own = time.perf_counter() - start, time.process_time() - own
    postgres = processor_seconds(database_pid()) - postgres
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(report.accepted, len(report.rejected), seconds, peak, own, postgres)
    return 0


class Load(NamedTuple):
    """One load: rows a second, peak resident MiB, processor µs a row here and in the database."""

    rate: float
    peak: float
    own: float
    database: float


def run(path: Path, rows: int) -> Load:
    """A load in a process of its own; every row must be accepted."""
    command = [sys.executable, __file__, str(path)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    accepted, rejected, seconds, peak, own, database = map(float, out.splitlines()[-1].split())
    if (accepted, rejected) != (rows, 0):
        raise RuntimeError(out)
    return Load(rows / seconds, peak / 1024, own / rows * 1e6, database / rows * 1e6)


def main() -> int:
    """Three loads of each size; every file has new numbers."""
    prepare("small")
    with tempfile.TemporaryDirectory() as folder:
        for rows in (SMALL, ROWS):
            loads = []
            for _ in range(ROUNDS):
                path = Path(folder) / "orders.csv"
                write_file(path, rows, seed=time.time_ns() % 1_000_000_000)
                loads.append(run(path, rows))
            rate, peak, own, database = (spread(values) for values in zip(*loads, strict=True))
            print(f"load {rows:,} orders: {rate} rows/s (bar 5000), peak {peak} MiB")
            print(f"  processor time of a row: {own} µs here, {database} µs in the database")
    return 0


if __name__ == "__main__":
    sys.exit(load_one(sys.argv[1]) if len(sys.argv) > 1 else main())
