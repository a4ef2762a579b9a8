"""Current screenshots of the main screens from a fresh demo: `python -m tests.e2e.screenshots`.

Writes docs/user/img/<name>-<phone|pc>.png, small enough to be kept with the sources.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.e2e.people import (
    PC,
    PHONE,
    Receipt,
    Visitors,
    choose_move,
    follow,
    move,
    photo,
    place,
)
from tests.e2e.product import chromium_path, launch, running_product
from tests.e2e.tours import open_page

TARGET = Path(__file__).resolve().parents[2] / "docs" / "user" / "img"
COLOURS = 128
SIZES = {"phone": PHONE, "pc": PC}
SIGN = "/cells/450312100012001/sign.pdf"
SIGN_DPI = 60
# name → (who, address); an empty name is somebody without an account.
PLAIN: dict[str, tuple[str, str]] = {
    "home": ("", "/"),
    "place": ("", "/o/new"),
    "ask": ("", "/o/"),
    "board": ("", "/board"),
    "map": ("", "/map?cell=450312100012"),
    "wishes": ("", "/wishes"),
    "care": ("", "/care"),
    "care-call": ("", "/care/call?community=450312100012"),
    "login": ("", "/login"),
    "work-head": ("zhihe", "/work"),
    "work-leader": ("building", "/work"),
    "work-township": ("township", "/work"),
    "orders": ("zhihe", "/orders/"),
    "desk": ("zhihe", "/work/desk"),
    "replies": ("zhihe", "/replies/"),
    "suggestions": ("district", "/learning/klass"),
    "orders-overdue": ("district", "/orders/?queue=overdue"),
    "report": ("worker", "/orders/new"),
    "mine": ("worker", "/cells/mine"),
    "cells": ("zhihe", "/cells/"),
    "cell": ("zhihe", "/cells/450312100012"),
    "one-map": ("zhihe", "/cells/map?layer=heads"),
    "redraw": ("zhihe", "/cells/450312100012001/redraw?kind=BOUNDARY"),
    "matrix": ("zhihe", "/duties/"),
    "tasks": ("zhihe", "/tasks/"),
    "networks": ("district", "/networks/"),
    "supervision": ("zhihe", "/supervision/"),
    "doors": ("zhihe", "/doors/"),
    "routing": ("district", "/routing/"),
    "bell": ("zhihe", "/bell"),
    "figures": ("district", "/figures"),
    "orgs": ("district", "/orgs/"),
    "dept-orders": ("dept", "/orders/?queue=mine"),
    "topics": ("zhihe", "/topics/"),
    "search": ("zhihe", "/search?q=路灯"),
    "honesty": ("district", "/honesty/"),
    "hall": ("unit_liaison", "/work/hall"),
    "me": ("volunteer", "/me"),
    "accounts": ("secadmin", "/users/"),
    "posts": ("secadmin", "/posts/"),
    "audit": ("auditor", "/audit"),
}


def main() -> int:
    """Take them all; 1 when there is no browser."""
    path = chromium_path()
    if path is None:
        print("no Chromium on PATH", file=sys.stderr)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("*-p[ch]*.png"):
        old.unlink()
    with running_product() as product, sync_playwright() as playwright:
        people = Visitors(launch(playwright, path), product, {})
        for name, (who, address) in PLAIN.items():
            both(people, name, who, partial(_open, address))
        _life(people)
        _sign(people)
        people.close()
    total = sum(file.stat().st_size for file in TARGET.glob("*.png"))
    print(f"{len(list(TARGET.glob('*.png')))} screenshots, {total / 1e6:.1f} MB in {TARGET}")
    return 0


def both(people: Visitors, name: str, who: str, go: Callable[[Page], None]) -> None:
    """One screen in both sizes."""
    for suffix, size in SIZES.items():
        page = people.person(who, size) if who else people.anyone(size)
        go(page)
        save(page, f"{name}-{suffix}")
        page.context.close()
        people.contexts.remove(page.context)


def save(page: Page, name: str) -> None:
    """What the screen shows now, with few colours."""
    page.wait_for_load_state("networkidle")
    shot = page.screenshot(animations="disabled", caret="hide")
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(TARGET / f"{name}.png", optimize=True)


def _life(people: Visitors) -> None:
    """The screens of one order on its way."""
    resident, head = people.anyone(PHONE), people.person("zhihe")
    order = place(resident, "独居老人家的水龙头一直滴水，想请人修一修。")
    receipt = f"/o/{order.number}/receipt?code={order.code}"
    both(people, "receipt", "", lambda page: open_page(page, receipt))
    both(people, "detail", "zhihe", lambda page: open_page(page, f"/orders/{order.number}"))
    move(head, order.number, "accept", "ACCEPTED")
    both(people, "triage", "zhihe", lambda page: _form(page, order, "triage"))
    move(head, order.number, "triage", "TRIAGED", klass="EASY", reason="共建单位可以解决。")
    both(people, "dispatch", "zhihe", lambda page: _form(page, order, "dispatch"))
    move(head, order.number, "offer", "OFFERED", slots=1)
    liaison = people.person("unit_liaison", PHONE)
    move(liaison, order.number, "claim", "CLAIMED")
    move(liaison, order.number, "start", "HANDLING")
    both(people, "finish", "unit_liaison", lambda page: _form(page, order, "finish"))
    move(
        liaison, order.number, "finish", "DONE",
        answer="已换好龙头，试水不滴了。", photos=photo("#2f7d4f", "办结.jpg"),
    )  # fmt: skip
    both(people, "verify", "zhihe", lambda page: open_page(page, f"/orders/{order.number}"))
    move(head, order.number, "verify_pass", "VERIFIED")
    both(people, "follow", "", lambda page: follow(page, order))


def _sign(people: Visitors) -> None:
    """The printed sign, drawn by poppler; without it the last picture stays."""
    program = shutil.which("pdftoppm")
    if program is None:
        print("no pdftoppm on PATH: the picture of the sign stays as it is", file=sys.stderr)
        return
    paper = people.person("zhihe").request.get(SIGN)
    assert paper.ok, f"{SIGN}: {paper.status}"
    drawn = subprocess.run(
        [program, "-png", "-singlefile", "-r", str(SIGN_DPI), "-"],
        input=paper.body(), capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    few = Image.open(io.BytesIO(drawn.stdout)).convert("RGB").quantize(COLOURS)
    few.save(TARGET / "sign.png", optimize=True)


def _open(address: str, page: Page) -> None:
    open_page(page, address)


def _form(page: Page, order: Receipt, verb: str) -> None:
    choose_move(page, order.number, verb)


if __name__ == "__main__":
    sys.exit(main())
