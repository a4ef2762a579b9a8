"""Suggestions at the desk and the similar orders that speak for them, within the reader's sight."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.core.access import Actor
from gridpact.learning.choices import Field
from gridpact.learning.hints import learnt_hints
from gridpact.learning.models import Suggestion
from gridpact.orders.hooks.hints import Hint
from gridpact.orders.models import Category, Order
from tests.factories.world import QILIPING, World
from tests.orders.test_similar import solved
from tests.pages import browser


def suggested(order: Order, klass: str, category: str = "A03", handler: str = "") -> None:
    told = {Field.KLASS: klass, Field.CATEGORY: category, Field.HANDLER: handler}
    for field, value in told.items():
        Suggestion.objects.create(order=order, field=field, value=value, confidence=0.8)


def of_matter(order: Order, code: str) -> Order:
    Order.objects.filter(pk=order.pk).update(category=Category.objects.get(code=code))
    return order


def spoken(hint: Hint) -> list[str]:
    return [case.href.rsplit("/", 1)[-1] for case in hint.cases]


def hints_of(actor: Actor, order: Order) -> list[Hint]:
    return learnt_hints(actor, Order.objects.with_parts().get(pk=order.pk))


def test_similar_orders_stand_beside_the_suggestion_they_speak_for(world: World) -> None:
    lamp = of_matter(solved(world), "A03")
    other = of_matter(solved(world, "楼道灯坏了三天，还有垃圾"), "A02")
    fresh = world.order("楼道灯坏了三天")
    suggested(fresh, "EASY", handler="post:building_head")
    matter, *rest = hints_of(world.actor("zhihe"), fresh)
    assert matter.category == "A03"
    assert spoken(matter) == [lamp.number]
    assert other.number in [number for hint in rest for number in spoken(hint)]
    assert "楼道灯坏了三天" in matter.cases[0].text


def test_who_solved_the_similar_ones_speaks_for_the_handler(world: World) -> None:
    old = solved(world)
    solver = Order.objects.select_related("handler_post__kind").get(pk=old.pk).handler_post
    assert solver is not None
    fresh = world.order("楼道灯坏了三天")
    suggested(fresh, "HARD", handler=f"post:{solver.kind.code}")
    matter, handler, *rest = hints_of(world.actor("zhihe"), fresh)
    assert spoken(matter) == []
    assert handler.to == f"post:{solver.pk}"
    assert spoken(handler) == [old.number]
    assert rest == []


def test_what_the_reader_may_not_see_speaks_for_nothing(world: World) -> None:
    own = of_matter(solved(world), "A03")
    away = of_matter(solved(world), "A03")
    cell = world.cells[QILIPING]
    Order.objects.filter(pk=away.pk).update(
        cell=cell, desk=cell, community_id=cell.pk, grid_id=None
    )
    fresh = world.order("楼道灯坏了三天")
    suggested(fresh, "EASY")
    assert set(spoken(hints_of(world.actor("zhihe"), fresh)[0])) == {own.number}


def test_more_similar_orders_cost_no_more_queries(world: World) -> None:
    solved(world)
    fresh = world.order("楼道灯坏了三天")
    suggested(fresh, "EASY")
    desk, counts = world.actor("zhihe"), []
    for _again in range(2):
        hints_of(desk, fresh)  # what is read once a process is read
        with CaptureQueriesContext(
            connection,
        ) as said:
            hints_of(desk, fresh)
        counts.append(len(said))
        solved(world, "楼道灯坏了三天，还是黑的")
        solved(world, "楼道灯坏了三天，老人摔倒")
    assert counts[0] == counts[1]


def test_a_handler_that_is_no_more_is_not_suggested(world: World) -> None:
    fresh = world.order("楼道灯坏了三天")
    suggested(fresh, "EASY", handler="org:closed-office")
    desk = world.actor("zhihe")
    assert [hint.to for hint in hints_of(desk, fresh)] == [""]
    Suggestion.objects.filter(field=Field.HANDLER).update(value="post:no_such_post")
    assert [hint.to for hint in hints_of(desk, fresh)] == [""]


def test_a_category_that_is_no_more_is_not_filled_in(world: World) -> None:
    fresh = world.order("楼道灯坏了三天")
    suggested(fresh, "EASY", category="A0302")
    Category.objects.filter(code="A0302").update(is_active=False)
    page = browser(world, "zhihe").get(f"/work/desk/{fresh.number}")
    assert page.context["proposed"].klass == "EASY"
    assert page.context["proposed"].category == ""
    assert "data-gp-take-all" in page.content.decode()


def test_taking_over_without_script_fills_the_form(world: World) -> None:
    fresh = world.order("楼道灯坏了三天")
    suggested(fresh, "PUBLIC", category="A0302", handler="org:chengguan")
    desk = browser(world, "zhihe")
    offered = desk.get(f"/work/desk/{fresh.number}").context["proposed"]
    to = f"org:{world.orgs['chengguan'].pk}"
    assert (offered.klass, offered.category, offered.to) == ("PUBLIC", "A0302", to)
    assert offered.share == "80%"
    form = desk.get(offered.take_href).context["form"]
    taken = {name: form[name].value() for name in ("klass", "category", "to", "way")}
    assert taken == {"klass": "PUBLIC", "category": "A0302", "to": to, "way": "dispatch"}
