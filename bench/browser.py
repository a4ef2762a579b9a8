"""A map with 3,000 outlines in Chromium: time until drawn, frames while it is moved and zoomed.

The page is the one map of a running district; only its outlines are replaced by made-up ones.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import shutil
import statistics
import sys
import time
from typing import Any

from playwright.sync_api import Page, Route, sync_playwright

from common import COMMUNITY, PASSWORD, PORT, prepare, server

CELLS = 3_000
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_FRAMES = """async (seconds) => {
  const times = []; let last = performance.now(); const end = last + seconds * 1000;
  while (last < end) {
    await new Promise(requestAnimationFrame);
    const now = performance.now(); times.push(now - last); last = now;
  }
  return times;
}"""


def outlines(count: int = CELLS, points: int = 24) -> dict[str, Any]:
    """Cells side by side, each a rough circle of `points` corners, with names and numbers."""
    rng = random.Random(1)
    side = math.ceil(math.sqrt(count))
    features = []
    for at in range(count):
        x, y = 110.1 + at % side * 0.002, 25.1 + at // side * 0.002
        ring = []
        for corner in range(points):
            angle, reach = corner / points * math.tau, 0.0009 + rng.random() * 0.0002
            ring.append(
                [round(x + math.cos(angle) * reach, 6), round(y + math.sin(angle) * reach, 6)]
            )
        properties = {
            "code": f"{at:06d}", "name": f"第{at}网格", "text": "网格", "href": "/cells/",
            "facts": [["网格长", "试试甲"]], "tone": rng.choice(["green", "amber", "red"]),
            "count": at % 9,
        }  # fmt: skip
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def drawn(page: Page, body: bytes) -> float:
    """Seconds from asking for the page until the map says it is drawn."""

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="application/json")

    page.route("**/map.geojson*", answer)
    start = time.perf_counter()
    page.goto(f"http://127.0.0.1:{PORT}/cells/map?cell={COMMUNITY}")
    page.wait_for_selector("[data-gp-map][data-ready='1']", state="attached", timeout=120_000)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return time.perf_counter() - start


def frames(page: Page, way: str) -> list[float]:
    """Milliseconds between frames while the map is dragged, or zoomed by its buttons."""
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate("window.gpFrames = null")
    page.evaluate(f"(async () => {{ window.gpFrames = await ({_FRAMES})(3); }})() && 0")
    if way == "move":
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(60):
            page.mouse.move(x + math.sin(step / 8) * 150, y + math.cos(step / 8) * 90)
        page.mouse.up()
    else:
        for name in ("in", "in", "in", "out", "out"):
            page.locator(f".leaflet-control-zoom-{name}").click()
            page.wait_for_timeout(300)
    page.wait_for_function("window.gpFrames !== null")
    found: list[float] = page.evaluate("window.gpFrames")
    return found


def main() -> int:
    """Median and slowest frames over three seconds of each movement."""
    prepare("small")
    body = json.dumps(outlines(), ensure_ascii=False, separators=(",", ":")).encode()
    packed = len(gzip.compress(body, 6)) / 1000
    print(f"{CELLS} outlines: {len(body) / 1e6:.2f} MB, gzip {packed:.0f} kB")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with server(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{PORT}/login")
        page.fill("[name=login]", "zhihe")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/work")
        print(f"drawn after {statistics.median(drawn(page, body) for _ in range(3)):.2f} s")
        for way in ("move", "zoom"):
            times = sorted(frames(page, way))
            slow = times[int(len(times) * 0.95)]
            print(f"{way}: {len(times)} frames, median {statistics.median(times):.0f} ms, "
                  f"95 % within {slow:.0f} ms, slowest {times[-1]:.0f} ms")  # fmt: skip
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
