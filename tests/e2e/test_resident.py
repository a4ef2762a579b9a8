"""Residents, on their phones, without an account."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.e2e.people import PC, PHONE, Visitors, follow, no_way, photo, place, receipt, send

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_a_resident_places_and_follows_an_order_without_javascript(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="我要点单").first.click()
    order = place(page, "楼下的垃圾桶盖子坏了，招苍蝇。", address="致和社区致和苑3栋楼下")
    assert re.fullmatch(r"LG\d{14}", order.number)
    assert re.fullmatch(r"[0-9A-Z-]{8,9}", order.code)

    page.goto("/o/")
    page.locator("[name=number]").fill(order.number)
    page.locator("[name=code]").fill(order.code.lower())
    send(page)
    expect(page.locator("h1")).to_contain_text("楼下的垃圾桶盖子坏了")
    expect(page.locator(".gp-badge.gp-state-submitted")).to_be_visible()
    expect(page.locator("dl.gp-facts")).to_contain_text("致和社区")


def test_a_wrong_code_opens_nothing(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE)
    order = place(page, "家里老人想学用手机挂号。")
    no_way(page, f"/o/{order.number}?code=AAAA2222")
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("家里老人想学用手机挂号")
    no_way(page, f"/o/{order.number}")


@pytest.mark.parametrize("size", [PHONE, PC], ids=["phone", "pc"])
def test_a_resident_taps_the_map_and_adds_a_photo(visitors: Visitors, size: ViewportSize) -> None:
    page = visitors.anyone(size)
    page.goto("/o/new")
    page.locator("[name=text]").fill("花坛边的地砖翘起来了，绊人。")
    page.locator("[name=kind][value=HAZARD]").check()
    page.locator("[name=photos]").set_input_files(photo())
    expect(page.locator("[data-gp-files-list] li")).to_have_count(1)
    where = page.locator("[data-gp-map]")
    expect(where).to_have_attribute("data-ready", "1")
    where.locator("[data-gp-map-canvas]").click()
    expect(where.locator("[data-gp-map-answer]")).to_contain_text("社区")
    assert float(page.locator("#id_lon").input_value()) == pytest.approx(110.2, abs=0.5)
    page.locator("[name=anonymous]").check()
    send(page)
    order = receipt(page)

    follow(page, order)
    picture = page.locator("section[aria-labelledby=photos] img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("node => node.naturalWidth") > 0


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    visitors: Visitors,
) -> None:
    page = visitors.anyone(PHONE)
    page.goto("/o/new")
    page.locator("[name=text]").fill("只写了事情")
    send(page)
    expect(page.locator(".gp-field-wrong [name=address]")).to_be_visible()
    expect(page.locator(".gp-field-wrong [name=phone]")).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value("只写了事情")


def test_a_resident_takes_an_order_back(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE)
    order = place(page, "门口的共享单车挡路。")
    follow(page, order)
    page.locator("summary", has_text="撤回").click()
    page.locator("form[action$='/withdraw'] button").click()
    expect(page.locator(".gp-badge.gp-state-withdrawn")).to_be_visible()
