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
    expect(page.locator("section[aria-labelledby=matter]")).to_contain_text("致和社区")


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


def test_a_resident_urges_once_a_day(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE)
    order = place(page, "楼道堆了旧家具，过不去人。")
    follow(page, order)
    page.locator("summary", has_text="催一催").click()
    page.locator("form[action$='/urge'] [name=text]").fill("老人摔过一次")
    page.locator("form[action$='/urge'] button").click()
    expect(page.locator("form[action$='/urge']")).to_have_count(0)
    expect(page.locator("section[aria-labelledby=steps]")).to_contain_text("再催")


def test_a_neighbour_joins_a_matter_of_the_board_once(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE)
    page.goto("/board?state=open")
    page.locator(".pub-card-title a").first.click()
    opened = page.url
    for _ in range(2):
        page.locator("#join summary").click()
        page.locator("#join [name=phone]").fill("13800009001")
        page.locator("#join button").click()
        page.wait_for_url(opened)
        expect(page.locator(".gp-toast-success, [data-gp-toast]").first).to_be_visible()
    expect(page.locator(".pub-badges")).to_contain_text("人遇到")


def test_words_stay_in_the_browser_until_they_have_arrived(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE)
    page.goto("/o/new")
    page.locator("[name=text]").fill("水管裂了，一直在漏。")
    page.locator("[name=phone]").fill("13800001234")
    page.context.set_offline(True)
    send(page)
    expect(page.locator(".gp-toast-error")).to_be_visible()
    page.context.set_offline(False)
    page.goto("/o/new")
    expect(page.locator("[name=text]")).to_have_value("水管裂了，一直在漏。")
    expect(page.locator("[name=phone]")).to_have_value("")
    page.locator("[name=address]").fill("致和社区致和苑1栋")
    page.locator("[name=phone]").fill("13800001234")
    send(page)
    receipt(page)
    page.goto("/o/new")
    expect(page.locator("[name=text]")).to_have_value("")


def test_an_elder_reports_by_photo_in_the_easy_version(visitors: Visitors) -> None:
    page = visitors.anyone(
        PHONE, geolocation={"longitude": 110.2, "latitude": 25.23}, permissions=["geolocation"]
    )
    page.goto("/")
    page.locator("button", has_text="关怀版").click()
    page.wait_for_url("**/care")
    assert (
        page.locator("main").evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 20
    )
    page.get_by_role("link", name="拍照上报").click()
    page.locator("[name=photos]").set_input_files(photo())
    page.locator("[name=text]").fill("路灯不亮")
    page.locator("[data-pub-here]").click()
    expect(page.locator("[data-pub-here-said]")).not_to_be_empty()
    page.locator("[name=cell]").select_option("450312100012")
    page.locator("[name=phone]").fill("13800001234")
    send(page)
    receipt(page)


def test_the_chosen_community_is_remembered_without_javascript(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE, java_script_enabled=False)
    page.goto("/wishes")
    expect(page.locator("#waiting")).to_be_visible()
    page.locator("select[name=community]").select_option("450312100012")
    page.locator(".pub-near button").click()
    expect(page).to_have_url(re.compile(r"/wishes\?community=450312100012"))
    page.goto("/")
    expect(page.locator("#solved")).to_contain_text("致和社区")
