"""Pages of chain texts."""

from __future__ import annotations

import re

import pytest

from gridpact.doors.models import Chain
from gridpact.orders.models import Order
from tests.doors.chains import WISHES, paste
from tests.factories.world import ZHIHE, World
from tests.pages import browser, words

NEW = "/doors/chains/new"


def seal(page: object) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def test_a_paste_is_shown_first_and_saved_when_sent_again(world: World) -> None:
    client = browser(world, "zhihe")
    given = {"text": WISHES, "cell": ZHIHE}
    preview = client.post(NEW, given)
    assert preview.status_code == 200 and not Chain.objects.exists()
    assert (
        "138****1234" in words(preview) and "13800001234" not in words(preview).split("轮椅 138")[0]
    )
    saved = client.post(NEW, given | {"seen": seal(preview)}, follow=True)
    chain = Chain.objects.get()
    assert saved.redirect_chain[-1][0] == f"/doors/chains/{chain.pk}"
    assert Order.objects.count() == 3
    assert Order.objects.first().number in words(saved)  # type: ignore[union-attr]


def test_a_text_changed_after_the_preview_is_shown_anew(world: World) -> None:
    client = browser(world, "zhihe")
    first = client.post(NEW, {"text": WISHES, "cell": ZHIHE})
    changed = {"text": WISHES + "\n4. 陈静 拐杖", "cell": ZHIHE, "seen": seal(first)}
    assert client.post(NEW, changed).status_code == 200
    assert not Chain.objects.exists()


def test_who_left_can_be_ticked(world: World) -> None:
    saved = paste(world)
    client = browser(world, "zhihe")
    given = {"text": "#接龙 微心愿\n1. 王芳 轮椅 13800001234\n2. 王芳 放大镜", "cell": ZHIHE}
    preview = client.post(NEW, given)
    row = saved.chain.entries.get(order=saved.opened[0])
    assert f'name="pick" value="{row.pk}"' in preview.content.decode()
    client.post(NEW, given | {"seen": seal(preview), "pick": str(row.pk)})
    assert Order.objects.get(pk=saved.opened[0].pk).state == "WITHDRAWN"


@pytest.mark.parametrize("text", ["", "没有名单", "#接龙\n只有题目"])
def test_a_text_without_a_list_is_refused_in_the_form(world: World, text: str) -> None:
    response = browser(world, "zhihe").post(NEW, {"text": text, "cell": ZHIHE})
    assert response.status_code == 422 and "gp-error-text" in response.content.decode()


def test_a_second_chain_in_the_paste_is_offered(world: World) -> None:
    text = WISHES + "\n\n#接龙\n周六义诊\n1. 陈静"
    preview = browser(world, "zhihe").post(NEW, {"text": text, "cell": ZHIHE})
    assert 'value="#接龙\n周六义诊\n1. 陈静"' in preview.content.decode()


def test_the_list_and_a_chain_are_seen_in_the_own_cells_only(world: World) -> None:
    chain = paste(world).chain
    for who in ("zhihe", "township"):
        client = browser(world, who)
        assert "微心愿" in words(client.get("/doors/chains"))
        page = client.get(f"/doors/chains/{chain.pk}")
        assert page.status_code == 200
        assert "138****1234" in words(page) and "13800001234" not in page.content.decode()
    other = browser(world, "neighbour")
    assert "微心愿" not in words(other.get("/doors/chains")).replace("micro", "")
    assert other.get(f"/doors/chains/{chain.pk}").status_code == 404
    assert browser(world, "sysadmin").get("/doors/chains").status_code == 403


def test_the_list_is_read_with_a_fixed_number_of_queries(
    world: World, django_assert_max_num_queries: object
) -> None:
    for group in range(6):
        paste(world, group=f"{group}群")
    client = browser(world, "zhihe")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get("/doors/chains")
