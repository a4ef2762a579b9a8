"""Training, versions, suggestions and what people decided instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.learning import services
from gridpact.learning.choices import KEPT_VERSIONS, LEAST_ROWS, Field
from gridpact.learning.hints import learnt_hints
from gridpact.learning.models import Learnt, Suggestion
from gridpact.learning.selectors.figures import by_month, overruled, overruled_orders
from gridpact.orders.hooks.hints import preselected
from gridpact.orders.models import Category, Decision, Order
from gridpact.orders.services import accept_order, triage_order
from tests.factories.decided import decided_orders
from tests.factories.world import GRID, World

CLOCK = system("tests")


def trained(world: World, count: int = 240) -> dict[str, Learnt]:
    decided_orders(world, count)
    return {each.field: each for each in services.train(actor=CLOCK)}


def suggested(order: Order) -> dict[str, Suggestion]:
    services.suggest_waiting(actor=CLOCK)
    return {row.field: row for row in Suggestion.objects.filter(order=order)}


def test_every_field_is_learnt_and_measured_on_the_newest_orders(world: World) -> None:
    made = trained(world)
    assert set(made) == set(Field)
    for learnt in made.values():
        assert learnt.is_active and learnt.version == 1
        assert learnt.rows == 240 and learnt.held_rows == 48
        assert learnt.accuracy is not None and learnt.accuracy > 0.9
        assert sum(row["rows"] for row in learnt.by_class) == 48
    assert AuditRow.objects.filter(action="learning.train").count() == 4


def test_the_same_orders_make_no_new_version(world: World) -> None:
    trained(world)
    assert services.train(actor=CLOCK) == []
    assert Learnt.objects.count() == 4


def test_too_few_orders_are_not_learnt_from(world: World) -> None:
    assert trained(world, LEAST_ROWS - 1) == {}


def test_before_it_has_learnt_the_name_of_a_category_speaks(world: World) -> None:
    category = Category.objects.filter(is_active=True, parent__isnull=False).first()
    assert category is not None
    order = world.order(f"反映一下{category.name}的事")
    rows = suggested(order)
    assert Category.objects.get(code=rows[Field.CATEGORY].value).name == category.name
    assert rows[Field.CATEGORY].confidence is None and rows[Field.CATEGORY].learnt is None
    assert rows[Field.KLASS].value == "" and rows[Field.HANDLER].value == ""


def test_a_waiting_order_gets_class_category_handler_and_the_words(world: World) -> None:
    trained(world)
    order = world.order("小区门口路灯又不亮了", cell=GRID)
    rows = suggested(order)
    assert rows[Field.KLASS].value == "PUBLIC"
    assert rows[Field.CATEGORY].value == "A03" == rows[Field.AREA].value
    assert rows[Field.HANDLER].value == "org:chengguan"
    assert "路灯" in rows[Field.KLASS].evidence
    assert 0 < rows[Field.KLASS].confidence <= 1  # type: ignore[operator]
    assert services.suggest_waiting(actor=CLOCK) == 0


def test_new_orders_have_suggestions_at_once_and_never_more_than_a_few_at_a_time(
    world: World,
) -> None:
    older, newer = world.order("水管漏了"), world.order("路灯又不亮了")
    Order.objects.filter(pk=older.pk).update(created_at=clock.now() - timedelta(minutes=6))
    third = world.order("垃圾没人清")
    assert services.suggest_newest(actor=CLOCK, most=1) == 1
    assert set(Suggestion.objects.values_list("order", flat=True)) == {third.pk}
    assert services.suggest_newest(actor=CLOCK, most=5) == 1
    assert set(Suggestion.objects.values_list("order", flat=True)) == {third.pk, newer.pk}
    assert services.suggest_newest(actor=CLOCK, most=5) == 0


def test_suggesting_changes_nothing_about_the_order(world: World) -> None:
    trained(world)
    order = world.order("小区门口路灯又不亮了", cell=GRID)
    before = Order.objects.filter(pk=order.pk).values().get()
    suggested(order)
    assert Order.objects.filter(pk=order.pk).values().get() == before


def test_hints_fill_nothing_in_until_the_district_says_from_where_on(world: World) -> None:
    trained(world)
    order = world.order("小区门口路灯又不亮了", cell=GRID)
    suggested(order)
    order = Order.objects.with_parts().get(pk=order.pk)
    desk = world.actor("district")
    hints = learnt_hints(desk, order)
    assert [bool(hint.klass) for hint in hints] == [True, False]
    assert hints[1].to == f"org:{world.orgs['chengguan'].pk}"
    assert preselected(hints) == {}
    services.set_switch("klass", actor=desk, is_on=True, preselect=0.5)
    assert preselected(learnt_hints(desk, order)) == {"klass": "PUBLIC"}
    services.set_switch("handler", actor=desk, is_on=False, preselect=None)
    assert [hint.to for hint in learnt_hints(desk, order)] == [""]
    assert learnt_hints(world.actor("neighbour"), order) == []


def test_a_category_that_is_no_more_is_never_suggested(world: World) -> None:
    trained(world)
    Category.objects.filter(code="A03").update(is_active=False)
    rows = suggested(world.order("小区门口路灯又不亮了", cell=GRID))
    assert rows[Field.CATEGORY].value != "A03"
    assert "A03" not in [value for value, _share in rows[Field.CATEGORY].others]


def test_a_renamed_category_is_suggested_by_its_new_name(world: World) -> None:
    trained(world)
    order = world.order("小区门口路灯又不亮了", cell=GRID)
    suggested(order)
    Category.objects.filter(code="A03").update(name="照明")
    hints = learnt_hints(world.actor("district"), Order.objects.with_parts().get(pk=order.pk))
    assert "照明" in str(hints[0].title)


def test_a_text_that_names_an_answer_is_suggested_by_its_matter(world: World) -> None:
    trained(world)
    order = world.order("分类：难事，类别：矛盾调解。小区门口路灯又不亮了，路灯不亮", cell=GRID)
    rows = suggested(order)
    assert (rows[Field.KLASS].value, rows[Field.CATEGORY].value) == ("PUBLIC", "A03")


def test_a_class_decided_once_does_no_harm(world: World) -> None:
    once = decided_orders(world)[-5]
    Order.objects.filter(pk=once.pk).update(klass="HARD", title="老旧管网", text="管网老旧多年")
    assert {each.field for each in services.train(actor=CLOCK)} == set(Field)
    assert suggested(world.order("小区门口路灯又不亮了", cell=GRID))[Field.KLASS].value == "PUBLIC"


def test_what_was_decided_instead_is_counted(world: World) -> None:
    trained(world)
    order = world.order("小区门口路灯又不亮了", cell=GRID)
    suggested(order)
    desk = world.actor("district")
    accept_order(order, actor=desk)
    triage_order(order, actor=desk, klass="HARD", reason="权属不清")
    decision = Decision.objects.get(order=order)
    assert decision.suggested == "PUBLIC" and decision.confidence is not None
    assert "路灯" in decision.evidence
    [line] = overruled("klass")
    assert (line.value, line.decided, line.times) == ("PUBLIC", "HARD", 1)
    assert overruled_orders("klass", "PUBLIC", "HARD") == [order.pk]
    assert [(month.decided, month.agreed) for month in by_month("klass")] == [(1, 0)]


def test_triage_without_a_suggestion_stays_as_it_is(world: World) -> None:
    order = world.order(cell=GRID)
    desk = world.actor("district")
    accept_order(order, actor=desk)
    triage_order(order, actor=desk, klass="EASY", reason="能办")
    assert Decision.objects.get(order=order).suggested == ""


def test_a_bad_model_is_rolled_back_and_stays_back(world: World) -> None:
    first = trained(world)["klass"]
    Order.objects.filter(klass="EASY").update(klass="HARD")
    second = services.train_field(Field.KLASS, actor=CLOCK)
    assert second is not None and second.is_active and second.version == 2
    desk = world.actor("district")
    services.use_version(first.pk, actor=desk)
    assert Learnt.objects.active().get(field="klass").pk == first.pk
    assert services.switch_of("klass").is_pinned
    Order.objects.filter(klass="HARD").update(klass="EASY", title="换了")
    third = services.train_field(Field.KLASS, actor=CLOCK)
    assert third is not None and not third.is_active
    services.use_version(third.pk, actor=desk)
    assert not services.switch_of("klass").is_pinned


def test_a_clearly_worse_version_does_not_come_into_use_by_itself(world: World) -> None:
    trained(world)
    newest = Order.objects.order_by("-created_at").values_list("pk", flat=True)[:40]
    Order.objects.filter(pk__in=list(newest)).update(klass="HARD")
    worse = services.train_field(Field.KLASS, actor=CLOCK)
    assert worse is not None and not worse.is_active
    assert Learnt.objects.active().get(field="klass").version == 1


def test_what_is_decided_in_a_new_way_is_learnt_though_it_looks_worse_at_first(
    world: World,
) -> None:
    trained(world)
    newest = decided_orders(world, 90, ahead=90)
    Order.objects.filter(pk__in=[each.pk for each in newest], klass="EASY").update(klass="HARD")
    with clock.frozen(clock.now() + timedelta(days=91)):
        later = services.train_field(Field.KLASS, actor=CLOCK)
    assert later is not None and later.is_active
    first = Learnt.objects.get(field="klass", version=1)
    assert (later.accuracy or 0) < (first.accuracy or 0) - 0.2


def test_a_version_worse_on_orders_neither_has_seen_waits(world: World) -> None:
    trained(world)
    Order.objects.filter(klass="EASY").update(klass="HARD")  # the past is spoilt, not what comes in
    decided_orders(world, 60, ahead=60)
    with clock.frozen(clock.now() + timedelta(days=61)):
        worse = services.train_field(Field.KLASS, actor=CLOCK)
    assert worse is not None and not worse.is_active
    assert Learnt.objects.active().get(field="klass").version == 1


def test_a_new_version_suggests_anew_what_still_waits(world: World) -> None:
    first = trained(world)["klass"]
    order = world.order("小区门口路灯又不亮了", cell=GRID)
    suggested(order)
    Order.objects.filter(klass="PUBLIC").update(klass="HARD")
    services.train_field(Field.KLASS, actor=CLOCK)
    assert suggested(order)["klass"].value == "HARD"
    services.use_version(first.pk, actor=world.actor("district"))
    assert suggested(order)["klass"].value == "PUBLIC"


def test_models_too_old_to_go_back_to_are_not_kept(world: World) -> None:
    learnt = trained(world)["klass"]
    Learnt.objects.filter(pk=learnt.pk).update(version=1, blob=b"", is_active=False)
    with pytest.raises(Refused) as refusal:
        services.use_version(learnt.pk, actor=world.actor("district"))
    assert refusal.value.code == "learnt_gone"
    assert KEPT_VERSIONS > 1


@pytest.mark.parametrize("name", ["township", "zhihe", "worker", "dept", "neighbour", "resident"])
def test_only_the_districts_desk_keeps_what_is_learnt(world: World, name: str) -> None:
    learnt = trained(world)["klass"]
    before = list(Learnt.objects.values("pk", "is_active"))
    calls: list[Any] = [
        lambda actor: services.use_version(learnt.pk, actor=actor),
        lambda actor: services.train(actor=actor),
        lambda actor: services.suggest_waiting(actor=actor),
        lambda actor: services.suggest_newest(actor=actor, most=1),
        lambda actor: services.set_switch("klass", actor=actor, is_on=False, preselect=None),
    ]
    for call in calls:
        with pytest.raises(Refused) as refusal:
            call(world.actor(name))
        assert refusal.value.status == 403
    assert list(Learnt.objects.values("pk", "is_active")) == before
    assert services.switch_of("klass").is_on


def test_wrong_requests_are_refused(world: World) -> None:
    learnt = trained(world)["klass"]
    desk = world.actor("district")
    for code, call in (
        ("learnt_in_use", lambda: services.use_version(learnt.pk, actor=desk)),
        ("learnt_unknown", lambda: services.use_version(0, actor=desk)),
        ("field_unknown", lambda: services.set_switch("x", actor=desk, is_on=True, preselect=None)),
        (
            "preselect_range",
            lambda: services.set_switch("klass", actor=desk, is_on=True, preselect=0.2),
        ),
    ):
        with pytest.raises(Refused) as refusal:
            call()
        assert refusal.value.code == code
        assert refusal.value.sentence != code
