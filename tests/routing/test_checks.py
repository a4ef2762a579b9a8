"""What is wrong with rules: shadows, vacancies, and the dry run before publishing."""

from __future__ import annotations

from gridpact.core import clock
from gridpact.grid.models import Appointment
from gridpact.orders.models import Order
from gridpact.orders.services import accept_order, triage_order
from gridpact.routing.models import RuleSet
from gridpact.routing.selectors.checks import checked
from gridpact.routing.selectors.diff import changes
from gridpact.routing.selectors.trial import try_draft
from gridpact.routing.services import RuleText, fill_draft
from tests.factories.rules import in_force, lamp, receiver, text
from tests.factories.world import GRID, QILIPING, ZHIHE, World


def shadows(world: World, *rules: RuleText) -> list[str]:
    draft = fill_draft(rules, actor=world.actor("district"))
    return [line.shadow.name if line.shadow else "" for line in checked(list(draft.rules.all()))]


def test_a_rule_behind_a_wider_one_is_named_with_it(world: World) -> None:
    wide = text("全社区", conditions={"cell": ZHIHE}, target={"key": True})
    narrow = text("一网格", conditions={"cell": GRID, "photos": True}, target={"key": True})
    elsewhere = text("七里坪", conditions={"cell": QILIPING}, target={"key": True})
    assert shadows(world, wide, narrow, elsewhere) == ["", "全社区", ""]
    assert shadows(world, narrow, wide) == ["", ""]


def test_a_rule_out_of_use_shadows_nothing(world: World) -> None:
    wide = text("宽", active=False, conditions={"photos": True}, target={"key": True})
    narrow = text("窄", conditions={"photos": True, "kinds": ["NEED"]}, target={"key": True})
    assert shadows(world, wide, narrow) == ["", ""]


def test_rules_of_another_stage_shadow_nothing(world: World) -> None:
    early = text("早", conditions={"any_words": ["灯"]}, target={"key": True})
    assert shadows(world, early, receiver(org="chengguan")) == ["", ""]


def test_a_post_that_nobody_holds_is_a_warning(world: World) -> None:
    held = fill_draft([receiver(post="area_head")], actor=world.actor("district"))
    assert checked(list(held.rules.all()))[0].vacant is None
    Appointment.objects.filter(user=world.users["area"]).update(
        starts=clock.today().replace(year=2020), ends=clock.today().replace(year=2021)
    )
    (line,) = checked(list(held.rules.all()))
    assert line.vacant is not None and line.vacant.code == "rule_vacant"
    assert line.faults == []


def test_a_dry_run_shows_what_would_move_and_changes_nothing(world: World) -> None:
    dark, wet = world.order("楼道灯坏了"), world.order("下水道堵了")
    draft = fill_draft([lamp(desk="TOWNSHIP", urgent=True)], actor=world.actor("district"))
    done = try_draft(draft, world.actor("district"))
    assert done.looked == 2
    ((order, before, after),) = [(each.order, each.before, each.after) for each in done.moved]
    assert order == dark
    assert (before.place, before.rule) == ("临桂镇 / 致和社区", "")
    assert (after.place, after.urgent) == ("临桂镇", True)
    assert done.used == {draft.rules.get().pk: 1}
    assert Order.objects.get(pk=wet.pk).desk == Order.objects.get(pk=dark.pk).desk


def test_a_dry_run_against_equal_rules_moves_nothing(world: World) -> None:
    in_force(world, lamp())
    world.order()
    draft = fill_draft([lamp()], actor=world.actor("district"))
    assert try_draft(draft, world.actor("district")).moved == []


def test_a_dry_run_names_receivers_of_triaged_orders(world: World) -> None:
    head = world.actor("zhihe")
    order = accept_order(world.order(), actor=head)
    triage_order(order, actor=head, klass="EASY", reason="邻里可办")
    draft = fill_draft([receiver(post="area_head")], actor=world.actor("district"))
    (moved,) = try_draft(draft, world.actor("district")).moved
    assert moved.stage == "DISPATCH"
    assert moved.after.place == "第一网格 片区长 area甲"


def test_a_dry_run_looks_at_the_newest_orders_in_sight_only(world: World) -> None:
    world.order()
    newest = world.order()
    draft = fill_draft([lamp()], actor=world.actor("district"))
    done = try_draft(draft, world.actor("district"), 1)
    assert [each.order for each in done.moved] == [newest]
    assert try_draft(draft, world.actor("neighbour")).looked == 0


def test_versions_differ_by_the_keys_of_their_rules(world: World) -> None:
    first = in_force(world, lamp(), receiver(org="chengguan"))
    old = list(first.rules.all())
    kept = text(
        "灯归谁",
        "DISPATCH",
        key=str(old[1].key),
        conditions=old[1].conditions,
        target=old[1].target,
    )
    changed = text(
        "灯", key=str(old[0].key), conditions=old[0].conditions, target={"desk": "DISTRICT"}
    )
    fresh = text("新", conditions={"photos": True}, target={"key": True})
    second = in_force(world, fresh, changed, kept)
    found = [(each.kind, each.rule.name) for each in changes(old, list(second.rules.all()))]
    assert found == [("added", "新"), ("changed", "灯")]
    gone = changes(list(second.rules.all()), old)
    assert ("gone", "新") in [(each.kind, each.rule.name) for each in gone]
    assert RuleSet.objects.published().count() == 2


def test_rules_in_another_order_are_moved(world: World) -> None:
    first = in_force(world, lamp(), receiver(org="chengguan"))
    rows = list(first.rules.all())
    assert [each.kind for each in changes(rows, rows[::-1])] == ["moved", "moved"]
