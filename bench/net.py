"""The bars of the net: gaps, matrix, the past, a redraw's preview, locating by file and by HTTP.

The preview is measured on a district with 555,109 further records lying in its cells.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from common import (
    COMMUNITY,
    Connection,
    home_of,
    milliseconds,
    points_inside,
    prepare,
    request,
    server,
    spread,
    token,
)

HOME = "net"
RECORDS, POINTS, ROUNDS, CALLS = 555_109, 1_000_000, 7, 2_000
DISTRICT = "450312"
_FILL = """
INSERT INTO duties_task (cell_id, district_id, township_id, community_id, grid_id, title, period,
    due_on, state, note, level, made_at)
SELECT c.id, c.a[1], c.a[2], c.a[3], c.a[4], 'record', '', current_date + 9, 'OPEN', '', 0, now()
FROM generate_series(1, %s) AS g
JOIN (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS m,
        (string_to_array(trim(both '/' from path), '/')::bigint[])[3:6] AS a
    FROM grid_cell WHERE level IN ('GRID', 'MICRO_GRID', 'UNIT') AND closed_on IS NULL
) AS c ON c.n = g %% c.m
"""


def rounds(ask: Callable[[], Any]) -> list[float]:
    """Seconds of each round, after one that does not count."""
    ask()
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return times


def say(label: str, times: list[float], bar: float, unit: str = "ms") -> None:
    """One line: median and range beside the bar."""
    factor = 1000 if unit == "ms" else 1
    shown = spread([each * factor for each in times], 0 if unit == "ms" else 2)
    late = "" if statistics.median(times) <= bar else "  OVER"
    print(f"{label}: {shown} {unit} (bar {bar * factor:g}){late}")


def fill() -> None:
    """Lay the records into the cells, once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM duties_task")
        if cursor.fetchone()[0] < RECORDS:
            cursor.execute(_FILL, [RECORDS])
            cursor.execute("VACUUM ANALYZE duties_task")


def in_process() -> None:
    """Gaps, matrix, tree and preview."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from gridpact.core import clock
    from gridpact.grid.gaps import gap_lists
    from gridpact.grid.models import Cell
    from gridpact.grid.services.redraw import preview_redraw
    from gridpact.grid.tree import Tree, tree
    from gridpact.orgs.selectors import actor_for

    user = get_user_model().objects.get(username="district")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    district = Cell.objects.get(code=DISTRICT)
    say("gaps of the district", rounds(lambda: gap_lists(district)), 0.3)
    matrix = f"/duties/?cell={DISTRICT}"
    assert client.get(matrix).status_code == 200
    say("matrix page, all grids", rounds(lambda: client.get(matrix)), 0.3)
    number, past = tree().version, clock.today() - timedelta(days=30)
    now = rounds(lambda: Tree(number, clock.today()))
    then = rounds(lambda: Tree(number, past))
    say("tree of a past day", then, 1.5 * statistics.median(now))
    fill()
    actor = actor_for(user)
    here = Cell.objects.get(code=COMMUNITY)
    grids = list(Cell.objects.filter(parent=here, level="GRID").order_by("code"))
    other = Cell.objects.filter(parent=here.parent).exclude(pk=here.pk).order_by("code")[0]
    asked: tuple[tuple[str, str, Cell, dict[str, Any]], ...] = (
        ("merger of grids", "MERGE", grids[0], {"with": [each.code for each in grids[1:3]]}),
        ("move of a grid", "MOVE", grids[0], {"parent": other.code}),
        ("close of a community", "CLOSE", here, {"children_to": other.code}),
    )
    for label, kind, cell, ask in asked:
        say(f"preview, {label}, {RECORDS:,} records", rounds(
            lambda kind=kind, cell=cell, ask=ask: preview_redraw(  # type: ignore[misc] # bound now
                kind, cell, effective_on=clock.today(), request=ask, actor=actor
            )), 2.0)  # fmt: skip


def by_file(folder: Path) -> None:
    """A million points in a CSV, each a little off a place of the district."""
    rng = random.Random(1)
    source, target = folder / "points.csv", folder / "found.csv"
    with source.open("w", encoding="utf-8") as file:
        file.write("id,lon,lat\n")
        for at, (lon, lat) in enumerate(points_inside(POINTS)):
            x, y = lon + rng.uniform(-0.01, 0.01), lat + rng.uniform(-0.01, 0.01)
            file.write(f"{at},{x:.6f},{y:.6f}\n")
    command = [sys.executable, "-m", "gridpact.cli", "locate", "--file", str(source),
               "--out", str(target), "--json"]  # fmt: skip
    env = {**os.environ, "GRIDPACT_HOME": str(home_of(HOME))}
    locating, whole = [], []
    for _round in range(3):
        start = time.perf_counter()
        made = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
        whole.append(time.perf_counter() - start)
        locating.append(float(json.loads(made.stdout)["seconds"]))
    say("1,000,000 points by file, locating", locating, 5.0, "s")
    say("1,000,000 points by file, the whole command", whole, 5.0, "s")


def by_http() -> None:
    """One point a call, beside a call that answers nothing."""
    places, head = points_inside(CALLS), {"Authorization": f"Bearer {token('zhihe')}"}
    with server(HOME):
        wire = Connection()

        def times(paths: list[str]) -> list[float]:
            found = []
            for path in paths:
                raw = request("GET", path, **head)
                start = time.perf_counter()
                status, _body = wire.ask(raw)
                found.append(time.perf_counter() - start)
                assert status == 200, path
            return sorted(found)

        times(["/healthz"] * 50)
        bare = times(["/healthz"] * CALLS)
        full = times([f"/api/v1/cells/locate?lon={x:.6f}&lat={y:.6f}" for x, y in places])
    at = int(CALLS * 0.95)
    more = full[at] - bare[at]
    late = "" if more <= 0.005 else "  OVER"
    print(
        f"locate by HTTP: p95 {milliseconds(full[at])}, over a bare call of "
        f"{milliseconds(bare[at])}: {milliseconds(more)} (bar 5.0 ms){late}"
    )


def main() -> int:
    """All bars in one run."""
    prepare(HOME)
    in_process()
    with tempfile.TemporaryDirectory() as folder:
        by_file(Path(folder))
    by_http()
    return 0


if __name__ == "__main__":
    sys.exit(main())
