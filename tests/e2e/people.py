"""What people do on the pages, in their own terms: place, sign in, make a move, look at the bell."""

from __future__ import annotations

import io
import re
from typing import Any, NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    ViewportSize,
    expect,
)

from tests.e2e.product import Product

PHONE: ViewportSize = {"width": 360, "height": 780}
PC: ViewportSize = {"width": 1440, "height": 900}
ZHIHE = "450312100012"
BADGE = ".gp-head-actions .gp-badge"


class Receipt(NamedTuple):
    """What a resident keeps."""

    number: str
    code: str


def photo(colour: str = "#3b6ea5", name: str = "现场.jpg") -> FilePayload:
    """A small picture as a phone would send it."""
    picture = Image.new("RGB", (640, 480), colour)
    ImageDraw.Draw(picture).rectangle((80, 80, 560, 400), outline="white", width=12)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Visitors:
    """Opens browsers for people, remembers who has signed in, and collects what went wrong."""

    def __init__(self, browser: Browser, product: Product, sessions: dict[str, Any]) -> None:
        self.browser, self.product = browser, product
        self.sessions = sessions
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def anyone(self, size: ViewportSize = PHONE, **options: Any) -> Page:
        """Somebody without an account."""
        context = self.browser.new_context(
            base_url=self.product.address, viewport=size, locale="zh-CN",
            timezone_id="Asia/Shanghai", **options,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self._heard(page, said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        return page

    def _heard(self, page: Page, kind: str, text: str) -> None:
        # A page that answers 4xx is logged by the browser as a failed resource; that is no fault.
        refused = "the server responded with a status of 4" in text
        if kind in {"error", "warning"} and not refused:
            self.faults.append(f"{page.url}: {text}")

    def person(self, name: str, size: ViewportSize = PC, **options: Any) -> Page:
        """A demo account, signed in; the second time its session is used again."""
        page = self.anyone(size, storage_state=self.sessions.get(name), **options)
        if name not in self.sessions:
            sign_in(page, name, self.product.password)
            self.sessions[name] = page.context.storage_state()
        return page

    def close(self) -> None:
        """Close every browser."""
        for context in self.contexts:
            context.close()


def sign_in(page: Page, name: str, password: str) -> None:
    """By the sign-in page."""
    page.goto("/login")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/work")


def place(page: Page, text: str, *, kind: str = "NEED", address: str = "") -> Receipt:
    """Place an order by phone and address; number and code come from the receipt."""
    page.goto("/o/new")
    page.locator("[name=text]").fill(text)
    page.locator(f"[name=kind][value={kind}]").check()
    page.locator("[name=address]").fill(address or "致和社区致和苑1栋1单元门口")
    page.locator("[name=name]").fill("覃测试")
    page.locator("[name=phone]").fill("13800001234")
    send(page)
    return receipt(page)


def send(page: Page) -> None:
    """The one red button of a public form."""
    page.locator(".gp-sticky button[type=submit]").click()


def receipt(page: Page) -> Receipt:
    """Number and code of the receipt that is open."""
    page.wait_for_url(re.compile(r"/o/[A-Z0-9]+/receipt"))
    number, code = page.locator(".pub-receipt-facts .gp-code").all_inner_texts()
    return Receipt(number.strip(), code.strip())


def follow(page: Page, order: Receipt) -> None:
    """Open the order as its reporter."""
    page.goto(f"/o/{order.number}?code={order.code}")


def choose_move(page: Page, number: str, verb: str) -> bool:
    """Open the order and press the button of a move; True when that opens a form."""
    page.goto(f"/orders/{number}")
    target = f"/orders/{number}/{verb}"
    link = page.locator(f".gp-next-row a[href='{target}']")
    if link.count():
        link.click()
        page.wait_for_url(f"**{target}")
        return True
    page.locator(f".gp-next-row form[action='{target}'] button").click()
    return False


def move(page: Page, number: str, verb: str, state: str, **fields: Any) -> None:
    """Make a move by its button, filling the form it may open; the order then shows `state`."""
    if choose_move(page, number, verb):
        fill(page, fields)
        page.locator("#move button[type=submit]:visible, .gp-sticky button:visible").click()
    expect(page).to_have_url(re.compile(rf"/orders/{number}$"))
    expect(page.locator(f"{BADGE}.gp-state-{state.lower()}")).to_be_visible()


def fill(page: Page, fields: dict[str, Any]) -> None:
    """Fill the fields of a move's form by name, as a person would by kind of field."""
    for name, value in fields.items():
        field = page.locator(f"#move [name={name}]")
        kind = field.first.evaluate("node => node.type")
        if kind == "radio":
            page.locator(f"#move [name={name}][value={value}]").check()
        elif kind == "file":
            field.set_input_files(value)
        elif kind == "select-one":
            field.select_option(**value if isinstance(value, dict) else {"value": value})
        else:
            field.fill(str(value))


def rate(page: Page, order: Receipt, *, solved: str, face: str, comment: str) -> None:
    """The resident's word on the follow page."""
    follow(page, order)
    page.locator(f"[name=solved][value={solved}]").check()
    page.locator(f"[name=face][value={face}]").check()
    page.locator("[name=comment]").fill(comment)
    page.locator("section[aria-labelledby=rate] button[type=submit]").click()
    page.wait_for_url(f"**/o/{order.number}?code=*")


def no_way(page: Page, path: str) -> None:
    """The page answers as if there were nothing."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404, f"{path}: {answer.status}"
