"""Standard replies: whose they are, who may change them, what their braces mean."""

from __future__ import annotations

from typing import Any

import pytest

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.orders.models import StandardReply
from gridpact.orders.services import save_reply
from gridpact.orders.services.desk.replies import filled
from tests.factories.world import GRID, QILIPING, ZHIHE, World
from tests.pages import browser, words


def reply(world: World, cell: str = "", **given: Any) -> StandardReply:
    facts: dict[str, Any] = {"code": "X1", "use": "TRIAGE", "title": "试用", "text": "好的"}
    return StandardReply(cell=world.cells[cell] if cell else None, **{**facts, **given})


def test_placeholders_take_the_words_of_the_order(world: World) -> None:
    order = world.order("灯坏了")
    said = filled("{单号}“{事项}”在{地点}，{社区}已{不认识}", order)
    assert (
        said
        == f"{order.number}“灯坏了”在致和社区 / 第一网格 / 致和苑3栋 / 1单元，致和社区已{{不认识}}"
    )


@pytest.mark.parametrize(
    ("name", "cell", "may"),
    [
        ("district", "", True), ("township", "", False), ("zhihe", "", False),
        ("zhihe", ZHIHE, True), ("township", ZHIHE, True), ("neighbour", ZHIHE, False),
        ("area", GRID, False), ("worker", ZHIHE, False),
    ],
)  # fmt: skip
def test_each_desk_keeps_its_own_and_the_district_the_common_ones(
    world: World, name: str, cell: str, may: bool
) -> None:
    if may:
        assert save_reply(reply(world, cell), actor=world.actor(name)).pk
        return
    with pytest.raises(Refused) as refusal:
        save_reply(reply(world, cell), actor=world.actor(name))
    assert refusal.value.status == 403
    assert not StandardReply.objects.filter(code="X1").exists()


def test_a_common_reply_cannot_be_taken_over_by_a_community(world: World) -> None:
    common = StandardReply.objects.get(code="T11")
    common.cell = world.cells[ZHIHE]
    with pytest.raises(Refused):
        save_reply(common, actor=world.actor("zhihe"))
    assert StandardReply.objects.get(code="T11").cell_id is None


def test_codes_are_unique_and_braces_known(world: World) -> None:
    with pytest.raises(Refused) as taken:
        save_reply(reply(world, ZHIHE, code="T11"), actor=world.actor("zhihe"))
    assert taken.value.code == "reply_code_taken"
    with pytest.raises(Refused) as unknown:
        save_reply(reply(world, ZHIHE, text="{密码}"), actor=world.actor("zhihe"))
    assert (unknown.value.code, unknown.value.status) == ("placeholder_unknown", 422)


def test_saving_is_audited_and_the_same_again_is_not(world: World) -> None:
    kept = save_reply(reply(world, ZHIHE), actor=world.actor("zhihe"))
    save_reply(StandardReply.objects.get(pk=kept.pk), actor=world.actor("zhihe"))
    assert AuditRow.objects.filter(action="orders.save_reply").count() == 1


def test_replies_of_another_community_are_neither_listed_nor_offered(world: World) -> None:
    save_reply(reply(world, QILIPING, title="七里坪专用"), actor=world.actor("neighbour"))
    assert "七里坪专用" not in words(browser(world, "zhihe").get("/replies/"))
    assert "七里坪专用" in words(browser(world, "neighbour").get("/replies/"))
    assert "七里坪专用" in words(browser(world, "district").get("/replies/"))
    order = world.order()
    assert "七里坪专用" not in words(browser(world, "zhihe").get(f"/work/desk/{order.number}"))


def test_a_desk_writes_one_on_its_page(world: World) -> None:
    client = browser(world, "zhihe")
    data = {"code": "zh1", "use": "REJECT", "title": "先找物业", "text": "请先联系物业。", "cell": ZHIHE,
            "is_active": "on"}  # fmt: skip
    assert client.post("/replies/new", data).status_code == 302
    order = world.order()
    assert "先找物业" in words(client.get(f"/work/desk/{order.number}"))
    refused = client.post("/replies/new", {**data, "code": "zh2", "cell": ""})
    assert refused.status_code in {403, 422}
