"""The triage desk in a real browser: by keys alone, by touch, without script, by two at once."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import PC, PHONE, Visitors, place

pytestmark = pytest.mark.e2e
CLASSES = {"1": "EASY", "2": "PRIVATE", "3": "PUBLIC", "4": "HARD"}


def fresh(visitors: Visitors, count: int) -> list[str]:
    """Numbers of new orders in 致和, placed by a resident."""
    resident = visitors.anyone(PHONE)
    return [place(resident, f"路口第{n}盏路灯不亮，晚上看不清路").number for n in range(count)]


def opened(page: Page) -> str:
    """The number that is open at the desk."""
    return page.locator("[data-gp-number]").get_attribute("data-gp-number") or ""


def open_order(page: Page, number: str) -> None:
    page.goto(f"/work/desk/{number}")
    expect(page.locator("#desk-decide [data-gp-decide]").first).to_be_visible()


def state(page: Page, number: str) -> str:
    """The state on the order's own page."""
    page.goto(f"/orders/{number}")
    badge = page.locator(".gp-head-actions .gp-badge[class*=gp-state-]").first
    return re.findall(r"gp-state-(\w+)", badge.get_attribute("class") or "")[0]


def test_five_orders_are_decided_with_keys_only(visitors: Visitors) -> None:
    page = visitors.person("zhihe", PC)
    page.goto("/work/desk")
    pressed, done, began = 0, [], time.monotonic()
    for key in ("1", "2", "3", "4", "1"):
        number = opened(page)
        done.append(number)
        page.keyboard.press(key)
        pressed += 1
        to = page.locator("#desk-decide select[name=to]")
        if to.is_visible() and not to.input_value():
            expect(to).to_be_focused()
            page.keyboard.press("ArrowDown")
            pressed += 1
        page.keyboard.press("Enter")
        pressed += 1
        expect(page.locator(f"[data-gp-number='{number}']")).to_have_count(0)
        expect(page.locator("[data-gp-undo]")).to_contain_text(number)
    seconds = time.monotonic() - began
    assert pressed <= 15
    assert seconds < 60
    assert len(set(done)) == 5
    for number in done:
        assert state(page, number) in {"offered", "handling", "dispatched", "escalated"}


def test_t_takes_the_suggestion_over_and_enter_confirms(visitors: Visitors) -> None:
    page = visitors.person("township", PC)
    page.goto("/work/desk?tab=below")
    offered = page.locator("#desk-decide [data-gp-take-all]")
    for _order in range(10):
        if offered.count():
            break
        number = opened(page)
        page.keyboard.press("j")
        expect(page.locator(f"[data-gp-number='{number}']")).to_have_count(0)
    number = opened(page)
    wanted = {name: offered.get_attribute(f"data-{name}") for name in ("klass", "category")}
    page.keyboard.press("t")
    assert page.locator("input[name=klass]:checked").get_attribute("value") == wanted["klass"]
    assert page.locator("#desk-decide select[name=category]").input_value() == wanted["category"]
    to = page.locator("#desk-decide select[name=to]")
    if to.is_visible() and not to.input_value():
        expect(to).to_be_focused()
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-gp-undo]")).to_contain_text(number)
    assert state(page, number) in {"offered", "handling", "dispatched", "escalated"}


def test_z_takes_back_j_and_k_walk_and_the_help_opens(visitors: Visitors) -> None:
    (number,) = fresh(visitors, 1)
    page = visitors.person("zhihe", PC)
    open_order(page, number)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-gp-undo]")).to_contain_text(number)
    page.keyboard.press("z")
    expect(page.locator(f"[data-gp-number='{number}']")).to_be_visible()
    expect(page.locator(f"[data-gp-order='{number}']")).to_have_attribute("aria-current", "true")
    assert state(page, number) == "submitted"
    page.goto("/work/desk")
    first = opened(page)
    page.keyboard.press("j")
    expect(page.locator(f"[data-gp-number='{first}']")).to_have_count(0)
    expect(page.locator("#desk-title")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(f"[data-gp-number='{first}']")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator(".gp-desk-keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#desk-q")).to_be_focused()


def test_r_refuses_with_a_standard_reason(visitors: Visitors) -> None:
    (number,) = fresh(visitors, 1)
    page = visitors.person("zhihe", PC)
    open_order(page, number)
    page.keyboard.press("r")
    expect(page.locator("select[name=no-standard]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.locator("[data-gp-refuse] button[type=submit]").press("Enter")
    expect(page.locator("[data-gp-undo]")).to_contain_text(number)
    assert state(page, number) == "rejected"


def test_by_touch_on_a_small_phone(visitors: Visitors) -> None:
    page = visitors.person("zhihe", PHONE, has_touch=True)
    page.goto("/work/desk")
    expect(page.locator(".gp-desk-form").first).to_be_hidden()
    number = page.locator("[data-gp-order]").first.get_attribute("data-gp-order") or ""
    page.locator("[data-gp-order]").first.tap()
    expect(page.locator(".gp-desk-rows")).to_be_hidden()
    page.locator(".gp-desk-class-easy").tap()
    page.locator(".gp-desk-confirm button").tap()
    expect(page.locator("[data-gp-undo]")).to_contain_text(number)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    page.locator("[data-gp-back]").tap()
    expect(page.locator(".gp-desk-rows")).to_be_visible()
    assert state(page, number) == "offered"


def test_the_jump_to_the_decision_stays_there_and_keeps_what_was_chosen(
    visitors: Visitors,
) -> None:
    page = visitors.person("zhihe", PHONE)
    open_order(page, fresh(visitors, 1)[0])
    page.wait_for_load_state("networkidle")
    page.locator("#desk-k1").check()
    read_again: list[str] = []
    page.on("request", lambda sent: read_again.append(sent.url))
    page.locator("a[href='#desk-decide']").first.click()
    page.wait_for_url("**#desk-decide")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#desk-decide h2").first).to_be_in_viewport()
    expect(page.locator("#desk-k1")).to_be_checked()
    assert not [url for url in read_again if "/work/desk/" in url and "/queue" not in url]


def test_without_script_links_and_forms_do_it(visitors: Visitors) -> None:
    (number,) = fresh(visitors, 1)
    page = visitors.person("zhihe", PC, java_script_enabled=False)
    page.goto(f"/work/desk?q={number}")
    page.locator(f"[data-gp-order='{number}']").click()
    page.locator("input[name=klass][value=EASY]").check(force=True)
    page.locator("input[name=way][value=offer]").check(force=True)
    page.locator("select[name=standard]").select_option("T11")
    page.locator(".gp-desk-confirm button").click()
    expect(page.locator("[data-gp-undo]")).to_contain_text(number)
    page.locator("[data-gp-undo] button").click()
    assert state(page, number) == "submitted"


def test_whoever_is_slower_is_told_and_keeps_the_form(visitors: Visitors) -> None:
    (number,) = fresh(visitors, 1)
    page = visitors.person("zhihe", PC)
    open_order(page, number)
    page.keyboard.press("1")
    page.locator("#id_reason").fill("请带梯子")
    other = visitors.person("township", PC)
    open_order(other, number)
    other.keyboard.press("1")
    other.keyboard.press("Enter")
    expect(other.locator(f"[data-gp-number='{number}']")).to_have_count(0)
    page.locator(".gp-desk-confirm button").click()
    expect(page.locator("#desk-decide a[href*='/work/desk/']").first).to_be_visible()
    expect(page.locator(f"[data-gp-number='{number}']")).to_be_visible()
