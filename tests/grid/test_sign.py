"""The public sign: who is named on it, whose phone, and that it is a page of paper."""

from __future__ import annotations

import pytest
from django.test import Client

from gridpact.core.access import Refused
from gridpact.grid.models import Cell
from gridpact.grid.poster import poster
from gridpact.grid.sign import sign_of
from gridpact.grid.sketch import Area, sketch
from tests.factories.world import GRID, MICRO, ZHIHE, World


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.users[name], "django.contrib.auth.backends.ModelBackend")
    return client


def test_heads_are_named_in_full_others_and_phones_only_when_agreed(world: World) -> None:
    for name in ("area", "worker"):
        world.users[name].set_phone("13800001111")
        world.users[name].save()
    sign = sign_of(world.cells[GRID], world.actor("zhihe"))
    assert [(one.post, one.holder, one.phone) for one in sign.answering] == [
        ("总网格长", "zhihe甲", ""), ("片区长", "area甲", ""), ("网格员", "w**", ""),
    ]  # fmt: skip
    for name in ("area", "worker"):
        post = world.post(name)
        post.public_phone = True
        post.save()
    sign = sign_of(world.cells[GRID], world.actor("zhihe"))
    assert [(one.holder, one.phone) for one in sign.answering[1:]] == [
        ("area甲", "13800001111"), ("worker甲", "13800001111"),
    ]  # fmt: skip
    (part,) = sign.parts
    assert part.head is not None
    assert (part.name, part.head.holder) == ("致和苑3栋", "building甲")


def test_a_vacant_part_is_shown_without_a_name(world: World) -> None:
    sign = sign_of(world.cells[ZHIHE], world.actor("zhihe"))
    assert [part.head is None for part in sign.parts] == [False, True]


@pytest.mark.parametrize("code", [ZHIHE, GRID, MICRO])
def test_the_sign_is_one_page_of_a_pdf(world: World, code: str) -> None:
    made = poster(sign_of(world.cells[code], world.actor("zhihe")), "https://example.org/map")
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") + made.count(b"/Type/Page/") == 1 or b"/Count 1" in made


def test_a_cell_without_an_outline_has_a_sign_too(world: World) -> None:
    Cell.objects.filter(code=MICRO).update(boundary=None)
    cell = Cell.objects.get(code=MICRO)
    assert poster(sign_of(cell, world.actor("zhihe")), "https://example.org").startswith(b"%PDF-")


def test_there_is_no_sign_above_the_community(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        sign_of(world.cells["450312"], world.actor("district"))
    assert refusal.value.code == "no_sign"
    assert browser(world, "district").get("/cells/450312/sign.pdf").status_code == 422


def test_the_sign_is_printed_by_those_who_see_the_cell(world: World) -> None:
    answer = browser(world, "area").get(f"/cells/{GRID}/sign.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert browser(world, "neighbour").get(f"/cells/{GRID}/sign.pdf").status_code == 404


def test_words_on_the_drawing_cannot_break_it(world: World) -> None:
    boundary = world.cells[GRID].boundary
    assert boundary is not None
    drawing = sketch(boundary, [Area(boundary, '<b>&"')], [])
    assert "&lt;b&gt;&amp;" in drawing
    assert "<b>" not in drawing
