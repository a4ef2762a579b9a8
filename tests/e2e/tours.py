"""The main pages of everyone, and measuring them: width, weight, accessibility."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PUBLIC = (
    "/", "/o/new", "/o/", "/board", "/board?state=solved", "/map", "/login", "/wishes", "/care",
    "/care/new", "/care/call?community=450312100012",
)  # fmt: skip
_OFFICE = (
    "/work", "/orders/", "/orders/new", "/work/desk", "/work/hall", "/replies/", "/cells/",
    "/cells/450312100012", "/orgs/", "/figures", "/bell", "/search?q=路灯", "/me",
)  # fmt: skip
_NET = (
    "/cells/map", "/cells/map?cell=450312100012&all=1", "/cells/check", "/redraws/",
    "/cells/450312100012/gaps", "/cells/450312100012?as_of=2026-01-15",
    "/cells/450312100012001/redraw?kind=BOUNDARY", "/duties/", "/tasks/", "/tasks/below",
    "/networks/", "/party/", "/party/tree", "/cells/mine",
)  # fmt: skip
_FIELD = (
    "/work", "/orders/", "/orders/new", "/work/hall", "/cells/", "/cells/mine", "/tasks/", "/bell",
    "/me",
)  # fmt: skip
_CENTRE = (
    "/work", "/orders/", "/cells/", "/figures", "/orgs/", "/categories/", "/supervision/",
    "/supervision/weekly", "/routing/", "/routing/versions", "/clocks/limits/", "/clocks/days",
    "/doors/", "/doors/hotlines", "/downloads/",
)  # fmt: skip
_UNIT = ("/work", "/work/hall", "/orders/?queue=mine", "/bell", "/me")
# Personas by name; those who see much of the same stand for each other in the slow checks.
TOURS: dict[str, tuple[str, ...]] = {
    "zhihe": (*_OFFICE, *_NET),
    "district": _CENTRE,
    "township": ("/work", "/orders/", "/cells/"),
    "area": _FIELD,
    "worker": _FIELD,
    "building": _FIELD,
    "unit": ("/work", "/orders/new", "/cells/mine", "/me"),
    "dept": _UNIT,
    "unit_liaison": _UNIT,
    "volunteer": _UNIT,
    "neighbour": ("/work", "/orders/", "/cells/"),
    "sysadmin": ("/work", "/me"),
    "secadmin": ("/work", "/users/", "/posts/", "/me"),
    "auditor": ("/work", "/audit", "/me"),
}
# The personas whose pages hold everything that the others see, too.
WITH_AXE = ("zhihe", "worker", "unit_liaison", "secadmin", "auditor")


def open_page(page: Page, path: str) -> None:
    """Open a page that must exist, and wait for its map where it has one."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path}: {answer.status}"
    if page.locator("[data-gp-map]").count():
        page.wait_for_selector("[data-gp-map][data-ready]", state="attached")


def first_order(page: Page, path: str = "/orders/") -> str | None:
    """The address of the first order of a list."""
    page.goto(path)
    link = page.locator("main td.gp-main a").first
    return link.get_attribute("href") if link.count() else None


def wider_than_screen(page: Page) -> int:
    """By how many pixels the page can be moved sideways."""
    return int(
        page.evaluate(
            "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
    )


def axe_findings(page: Page) -> list[str]:
    """What axe-core finds: rule, gravity and the first places, one line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))  # not a script tag: the CSP stays in force
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {one['impact']} {one['id']}: "
        + " | ".join(str(node["target"][0]) for node in one["nodes"][:3])
        for one in result["violations"]
    ]


def walk(page: Page, paths: Iterable[str], *, with_axe: bool) -> list[str]:
    """Open every page; what is wider than the screen, and what axe finds where asked."""
    found: list[str] = []
    for path in paths:
        open_page(page, path)
        if wider_than_screen(page):
            found.append(f"{path} is {wider_than_screen(page)} px wider than the screen")
        if with_axe:
            found += axe_findings(page)
    return found
