"""Finding cells: points a second in bulk, and the time of a single point in process."""

from __future__ import annotations

import random
import sys
import time

import numpy as np

from common import prepare, spread

MANY, SINGLE, ROUNDS = 1_000_000, 20_000, 5


def main() -> int:
    """Random points over the district's box, half of them over its built-up area."""
    prepare("small")
    from gridpact.grid.selectors import locate
    from gridpact.grid.tree import tree

    start = time.perf_counter()
    snapshot = tree()
    index = snapshot.index
    print(f"index of {len(snapshot.by_id)} cells: {time.perf_counter() - start:.2f} s")
    rng = np.random.default_rng(1)
    lons, lats = zip(*_box(), strict=True)
    lon = rng.uniform(min(lons), max(lons), MANY)
    lat = rng.uniform(min(lats), max(lats), MANY)
    rates, singles = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = index.find_many(lon, lat)
        rates.append(MANY / (time.perf_counter() - start))
        for at in random.Random(1).sample(range(MANY), SINGLE):
            start = time.perf_counter()
            locate(float(lon[at]), float(lat[at]), "gcj02", snapshot)
            singles.append(time.perf_counter() - start)
    singles.sort()
    print(f"bulk: {spread(rates)} points/s (bar 200000), {float((found >= 0).mean()):.0%} inside")
    middle, slow = singles[len(singles) // 2], singles[int(len(singles) * 0.99)]
    print(f"single with datum: median {middle * 1e6:.0f} µs, 99 % {slow * 1e6:.0f} µs (bar 1000)")
    return 0


def _box() -> list[tuple[float, float]]:
    from common import points_inside

    return points_inside(2000)


if __name__ == "__main__":
    sys.exit(main())
