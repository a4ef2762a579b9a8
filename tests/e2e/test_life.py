"""The whole life of an order, by everyone who has a part in it, and by those who have none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import (
    PHONE,
    Receipt,
    Visitors,
    choose_move,
    follow,
    move,
    no_way,
    photo,
    place,
    rate,
)

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
EASY = "社区和共建单位可以解决。"


def offered(visitors: Visitors, text: str) -> Receipt:
    """An easy matter in the claim hall, with one place."""
    order = place(visitors.anyone(), text)
    head = visitors.person("zhihe")
    move(head, order.number, "accept", "ACCEPTED")
    move(head, order.number, "triage", "TRIAGED", klass="EASY", reason=EASY)
    move(head, order.number, "offer", "OFFERED", slots=1)
    return order


def dispatched(visitors: Visitors, text: str) -> Receipt:
    """An easy matter sent to the grid worker of the first grid of 致和."""
    order = place(visitors.anyone(), text)
    head = visitors.person("zhihe")
    move(head, order.number, "accept", "ACCEPTED")
    move(head, order.number, "triage", "TRIAGED", klass="EASY", reason=EASY)
    choose_move(head, order.number, "dispatch")
    receiver = head.locator("#move [name=to] option", has_text="网格员").first
    head.locator("#move [name=to]").select_option(value=receiver.get_attribute("value"))
    head.locator("#move button[type=submit]:visible").click()
    expect(head.locator(".gp-head-actions .gp-state-dispatched")).to_be_visible()
    return order


def worked_on(worker: Page, order: Receipt, answer: str) -> None:
    """Finished with a photo."""
    move(
        worker, order.number, "finish", "DONE",
        answer=answer, photos=photo("#2f7d4f", "办结.jpg"),
    )  # fmt: skip


def test_an_order_goes_from_a_phone_to_the_public_board(visitors: Visitors) -> None:
    resident = visitors.anyone(PHONE)
    head, neighbour = visitors.person("zhihe"), visitors.person("neighbour")
    liaison = visitors.person("unit_liaison", PHONE)
    order = place(resident, "独居老人家的水龙头一直滴水，想请人修一修。")
    page_of_order = f"/orders/{order.number}"
    no_way(neighbour, page_of_order)

    move(head, order.number, "accept", "ACCEPTED")
    move(head, order.number, "triage", "TRIAGED", klass="EASY", reason=EASY)
    no_way(neighbour, page_of_order)
    no_way(liaison, page_of_order)
    move(head, order.number, "offer", "OFFERED", slots=1)
    follow(resident, order)
    expect(resident.locator(".gp-badge.gp-state-offered")).to_be_visible()

    move(liaison, order.number, "claim", "CLAIMED")
    move(liaison, order.number, "start", "HANDLING")
    worked_on(liaison, order, "已换好龙头，试水不滴了。")
    no_way(neighbour, page_of_order)

    liaison.goto(page_of_order)
    expect(liaison.locator(".gp-next-row a[href$='/verify_pass']")).to_have_count(0)
    liaison.goto(f"{page_of_order}/verify_pass")
    expect(liaison.locator("#move")).to_have_count(0)
    move(head, order.number, "verify_pass", "VERIFIED")

    rate(resident, order, solved="yes", face="very", comment="修得很快，谢谢师傅")
    expect(resident.locator(".gp-badge.gp-state-closed")).to_be_visible()
    expect(resident.locator("section[aria-labelledby=said]")).to_contain_text("修得很快")
    no_way(neighbour, page_of_order)

    board = visitors.anyone(PHONE)
    answer = board.goto(f"/board/{order.number}")
    assert answer is not None
    assert answer.status == 200
    expect(board.locator("main")).to_contain_text("已换好龙头")
    expect(board.locator("main")).not_to_contain_text("13800001234")
    expect(board.locator("main")).not_to_contain_text("覃测试")
    board.goto("/board?state=solved")
    expect(board.locator(f".pub-card a[href='/o/{order.number}']")).to_be_visible()


def test_a_private_matter_is_never_on_the_board(visitors: Visitors) -> None:
    resident, head = visitors.anyone(), visitors.person("zhihe")
    order = place(resident, "婆媳之间闹了矛盾，想请人劝一劝。", kind="DISPUTE")
    no_way(visitors.anyone(), f"/board/{order.number}")
    move(head, order.number, "accept", "ACCEPTED")
    move(
        head, order.number, "triage", "TRIAGED",
        klass="PRIVATE", reason="家庭内部的事，由网格党支部引导。",
    )  # fmt: skip
    no_way(visitors.anyone(), f"/board/{order.number}")
    no_way(visitors.anyone(), f"/o/{order.number}")
    follow(resident, order)
    expect(resident.locator("main")).to_contain_text("婆媳之间")


def test_rework_and_an_unhappy_answer_bring_a_dispatched_order_back(visitors: Visitors) -> None:
    resident, head = visitors.anyone(PHONE), visitors.person("zhihe")
    worker = visitors.person("worker", PHONE)
    order = dispatched(visitors, "楼道堆了旧家具，消防通道堵住了。")
    move(worker, order.number, "sign", "CLAIMED")
    move(worker, order.number, "start", "HANDLING")
    move(worker, order.number, "note", "HANDLING", note="已联系住户，约好明天清走。")
    worked_on(worker, order, "旧家具已清走一半。")

    move(head, order.number, "verify_fail", "HANDLING", reason="还有一半没清，请补办。")
    worker.goto(f"/orders/{order.number}")
    expect(worker.locator("main")).to_contain_text("还有一半没清，请补办。")
    worked_on(worker, order, "全部清走，通道已畅通。")
    move(head, order.number, "verify_pass", "VERIFIED")

    rate(resident, order, solved="no", face="bad", comment="又堆上了")
    expect(resident.locator(".gp-badge.gp-state-handling")).to_be_visible()
    worked_on(worker, order, "再次清走，并贴了提示。")
    move(head, order.number, "verify_pass", "VERIFIED")
    rate(resident, order, solved="no", face="bad", comment="还是不满意")
    expect(resident.locator(".gp-badge.gp-state-closed")).to_be_visible()


def test_of_two_who_want_the_last_place_one_gets_it_and_one_is_told(visitors: Visitors) -> None:
    order = offered(visitors, "小区图书角想添一个书架。")
    first, second = visitors.person("unit_liaison"), visitors.person("volunteer")
    button = f"form[action='/orders/{order.number}/claim'] button"
    for page in (first, second):
        page.goto(f"/orders/{order.number}")
        expect(page.locator(button)).to_be_visible()
    first.locator(button).click()
    expect(first.locator(".gp-head-actions .gp-state-claimed")).to_be_visible()
    with second.expect_response(lambda got: got.request.method == "POST") as answer:
        second.locator(button).click()
    assert answer.value.status in {404, 409}
    refusal = second.locator("main [role=alert]")
    expect(refusal).to_be_visible()
    refusal.get_by_role("link").click()
    expect(second).to_have_url(f"{visitors.product.address}/work/hall")


def test_the_bell_tells_the_head_of_a_new_order(visitors: Visitors) -> None:
    head = visitors.person("zhihe")
    head.goto("/bell")
    head.get_by_role("button", name="全部已读").click()
    before = _unread(head)
    order = place(visitors.anyone(), "路口的减速带松了，响声很大。", kind="HAZARD")
    for _ in range(30):  # the worker delivers every second
        head.goto("/bell")
        if _unread(head) > before:
            break
        head.wait_for_timeout(500)
    told = _unread(head)
    assert told > before
    head.goto("/bell")
    head.locator(".gp-item-title", has_text=order.number).click()
    expect(head).to_have_url(f"{visitors.product.address}/orders/{order.number}")
    assert _unread(head) == told - 1


def _unread(page: Page) -> int:
    bell = page.locator(".gp-bell-count")
    return int(bell.inner_text()) if bell.count() else 0
