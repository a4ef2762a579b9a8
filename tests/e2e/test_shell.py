"""Signing in and out, language, type and theme, and the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.people import PC, PHONE, Visitors, place, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_five_wrong_passwords_lock_the_account(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE)
    for _ in range(5):
        page.goto("/login")
        page.locator("[name=login]").fill("orgdept")
        page.locator("[name=password]").fill("wrong-password")
        with page.expect_response(lambda got: got.request.method == "POST") as answer:
            page.locator("main button[type=submit]").click()
    assert answer.value.status == 429
    page.goto("/login")
    page.locator("[name=login]").fill("orgdept")
    page.locator("[name=password]").fill(visitors.product.password)
    page.locator("main button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("15")
    page.goto("/work")
    expect(page).to_have_url(f"{visitors.product.address}/login?next=/work")


def test_signing_out_ends_the_session(visitors: Visitors) -> None:
    page = visitors.anyone(PC)
    sign_in(page, "district", visitors.product.password)
    page.locator(".gp-me summary").click()
    page.locator("form[action='/logout'] button").click()
    expect(page).to_have_url(f"{visitors.product.address}/")
    page.goto("/work")
    expect(page).to_have_url(f"{visitors.product.address}/login?next=/work")


@pytest.mark.parametrize("size", [PHONE, PC], ids=["phone", "pc"])
def test_language_type_and_theme_stay_chosen(visitors: Visitors, size: ViewportSize) -> None:
    page = visitors.anyone(size)
    sign_in(page, "area", visitors.product.password)
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    for name, value in (("language", "en"), ("type", "large"), ("theme", "dark")):
        page.locator(".gp-me summary").click()
        with page.expect_navigation():
            page.locator(f".gp-prefs-list button[name={name}][value={value}]").click()
    page.goto("/orders/")
    shell = page.locator("html")
    expect(shell).to_have_attribute("lang", "en")
    expect(shell).to_have_attribute("data-gp-type", "large")
    expect(shell).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("h1")).to_have_text("Orders")
    size_now = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size_now == pytest.approx(20, abs=0.1)
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_keyboard_is_enough(visitors: Visitors) -> None:
    order = place(visitors.anyone(), "井盖松动，走路容易崴脚。", kind="HAZARD")
    page = visitors.anyone(PC)
    page.goto("/login")
    _tab_to(page, "login")
    page.keyboard.type("zhihe")
    page.keyboard.press("Tab")
    page.keyboard.type(visitors.product.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/work")

    page.keyboard.press("Tab")
    expect(page.locator(".gp-skip")).to_be_focused()
    expect(page.locator(".gp-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    page.goto(f"/orders/?queue=accept&q={order.number}")
    _tab_to_link(page, f"/orders/{order.number}")
    _assert_focus_is_visible(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order.number}")
    _tab_until(page, "document.activeElement.closest(\"form[action$='/accept']\") !== null")
    _assert_focus_is_visible(page)
    page.keyboard.press("Enter")
    expect(page.locator(".gp-head-actions .gp-state-accepted")).to_be_visible()


def _tab_until(page: Page, condition: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"120 tabs do not reach: {condition}")


def _tab_to(page: Page, name: str) -> None:
    _tab_until(page, f"document.activeElement.name === '{name}'")


def _tab_to_link(page: Page, href: str) -> None:
    _tab_until(page, f"document.activeElement.getAttribute('href') === '{href}'")


def _assert_focus_is_visible(page: Page) -> None:
    style = page.evaluate(
        "(() => { const s = getComputedStyle(document.activeElement);"
        " return [s.outlineStyle, parseFloat(s.outlineWidth), s.boxShadow]; })()"
    )
    assert (style[0] != "none" and style[1] >= 2) or style[2] != "none", style
