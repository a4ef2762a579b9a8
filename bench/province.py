"""A whole province beside one district: loading, and the same questions to both in one run.

`.venv/bin/python bench/province.py guangxi_towns.csv` (code9, town, county_code6, county,
city_code4, city, units). Bar: every answer within three times that of the district.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from common import COMMUNITY, PASSWORD, prepare, resident_bytes

ROUNDS = 7
BAR = 3.0
COUNTY, VILLAGE = "450312", "450312100012"


def load(path: Path) -> None:
    """Load the province through the product's own loader, once."""
    from gridpact.core.access import system
    from gridpact.grid.models import Cell
    from gridpact.grid.services import load_cells
    from land import features, read_province

    if Cell.objects.count() > 100_000:
        return
    rows = list(features(read_province(path)))
    start = time.perf_counter()
    report = load_cells(rows, actor=system("operator"), datum="wgs84")
    seconds = time.perf_counter() - start
    if not report.saved:
        raise SystemExit(f"refused: {report.rejected[:3]}")
    print(
        f"loaded {report.accepted} cells in {seconds:.0f} s, {seconds / report.accepted * 1000:.2f}"
        f" s per 1,000; {len(report.findings)} findings; {resident_bytes(os.getpid()) >> 20} MiB",
        file=sys.stderr,
    )


def staff() -> None:
    """A head for every village, a worker for every grid, and a desk for county and province."""
    from django.contrib.auth import get_user_model

    from gridpact.grid.models import Appointment, Cell, PostKind

    users = get_user_model()
    if users.objects.filter(username="bench-province").exists():
        return
    since = time.strftime("2024-01-01")
    kinds = {kind.code: kind for kind in PostKind.objects.all()}
    for username, code in (("bench-province", "45"), ("bench-county", COUNTY)):
        user = users.objects.create_user(username, password=PASSWORD, name=username)
        cell = Cell.objects.get(code=code)
        Appointment.objects.create(user=user, kind=kinds["district_desk"], cell=cell, starts=since)
    cells = Cell.objects.filter(level__in=["COMMUNITY", "GRID"]).order_by("code")
    rows = list(cells.values_list("pk", "code", "level"))
    made = users.objects.bulk_create(
        [users(username=f"b{code}", name=f"人{code[-6:]}", password="!") for _pk, code, _l in rows],
        batch_size=5000,
    )
    head, worker = kinds["general_head"], kinds["grid_worker"]
    Appointment.objects.bulk_create(
        [
            Appointment(
                user=user, kind=head if level == "COMMUNITY" else worker, cell_id=pk, starts=since
            )
            for user, (pk, _code, level) in zip(made, rows, strict=True)
        ],
        batch_size=5000,
    )


def questions(name: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is asked of both: of a district and a community, by whoever keeps the ground."""
    import numpy as np
    from django.contrib.auth import get_user_model
    from django.test import Client

    from gridpact.core import clock
    from gridpact.grid.gaps import gap_lists
    from gridpact.grid.models import Cell
    from gridpact.grid.selectors import locate, locate_many
    from gridpact.grid.services.redraw import preview_redraw
    from gridpact.grid.tree import Tree, tree, tree_at
    from gridpact.orgs.selectors import actor_for

    who = "district" if name == "small" else "bench-county"
    user = get_user_model().objects.get(username=who)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    actor = actor_for(user)
    past = clock.today() - timedelta(days=9)
    county, village = Cell.objects.get(code=COUNTY), Cell.objects.get(code=VILLAGE)
    grid = Cell.objects.filter(parent=village, level="GRID").order_by("code").first()
    assert grid is not None
    lon, lat = village.point_lon or 0.0, village.point_lat or 0.0
    near = np.random.default_rng(1)
    lons = near.uniform(lon - 0.02, lon + 0.02, 100_000)
    lats = near.uniform(lat - 0.02, lat + 0.02, 100_000)

    def page(path: str) -> Callable[[], Any]:
        def ask() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return ask

    yield "tree of today, made anew", lambda: Tree(tree().version, clock.today())
    yield "tree of a past day, made anew", lambda: Tree(tree().version, past)
    yield "tree, kept", tree
    yield "tree of a past day, kept", lambda: tree_at(past)
    yield "page of the net", page("/cells/")
    yield "page of the district's cell", page(f"/cells/{COUNTY}")
    yield "page of a community", page(f"/cells/{VILLAGE}")
    yield "page of a community, past day", page(f"/cells/{VILLAGE}?as_of={past.isoformat()}")
    yield "cells found by level", page("/cells/?level=GRID")
    yield "gaps of the district", lambda: gap_lists(county)
    yield "matrix of a community", page(f"/duties/?cell={VILLAGE}")
    yield "one map of the district", page(f"/cells/map?cell={COUNTY}")
    yield "one map of a community", page(f"/cells/map?cell={VILLAGE}&all=1")
    yield "its outlines", page(f"/cells/{VILLAGE}/map.geojson?all=1")
    yield "locate one point", lambda: [locate(x, y) for x, y in zip(lons[:500], lats[:500],
                                                                    strict=True)]  # fmt: skip
    yield "locate 100,000 points", lambda: locate_many(lons, lats)
    yield (
        "redraw preview",
        lambda: preview_redraw(
            "RENAME", grid, effective_on=clock.today(), request={"name": "新名"}, actor=actor
        ),
    )


def measure(name: str) -> dict[str, float]:
    """Median seconds of each question; the first, cold call is not counted but said."""
    found: dict[str, float] = {}
    for label, ask in questions(name):
        start = time.perf_counter()
        ask()
        cold = time.perf_counter() - start
        times = []
        for _round in range(ROUNDS if cold < 5 else 2):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
        found[label] = statistics.median(times)
        if cold > 1:
            print(f"  {name}: {label}: {cold:.1f} s the first time", file=sys.stderr)
    print(f"  {name}: {resident_bytes(os.getpid()) >> 20} MiB", file=sys.stderr)
    return found


def part(name: str, path: Path) -> int:
    """One side, in a process of its own: its figures as JSON on stdout."""
    prepare(name, with_demo=name == "small")
    if name != "small":
        load(path)
        staff()
    json.dump(measure(name), sys.stdout)
    return 0


def main() -> int:
    """Both sides one after the other, and their ratio."""
    if len(sys.argv) == 3:
        return part(sys.argv[2], Path(sys.argv[1]))
    if len(sys.argv) != 2:
        print(__doc__)
        return 0
    sides: list[dict[str, float]] = []
    for name in ("small", "province"):
        command = [sys.executable, __file__, sys.argv[1], name]
        made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        sides.append(json.loads(made.stdout.splitlines()[-1]))
    late = 0
    for label, small in sides[0].items():
        large = sides[1][label]
        late += large > BAR * small
        print(f"{label}: {small * 1000:.1f} ms, province {large * 1000:.1f} ms, "
              f"{large / small:.1f}×{' over 3' if large > BAR * small else ''}")  # fmt: skip
    print(f"{late} of {len(sides[0])} over {BAR:.0f}×; community {COMMUNITY}")
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
