"""Working on rules: the draft, its checks, publishing, versions, and two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.routing.models import Rule, RuleSet
from gridpact.routing.services import (
    RuleText,
    discard_draft,
    drop_rule,
    fill_draft,
    move_rule,
    publish_draft,
    restore_version,
    save_rule,
    start_draft,
)
from tests.factories.rules import in_force, lamp, receiver, text
from tests.factories.world import PERSONAS, QILIPING, World


def refused(call: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


def names() -> list[str]:
    return list(RuleSet.objects.drafts().get().rules.values_list("name", flat=True))


def test_a_draft_starts_with_the_rules_in_force(world: World) -> None:
    live = in_force(world, lamp(), receiver(org="chengguan"))
    draft = start_draft(actor=world.actor("district"))
    assert [rule.key for rule in draft.rules.all()] == [rule.key for rule in live.rules.all()]
    assert {rule.pk for rule in draft.rules.all()}.isdisjoint(rule.pk for rule in live.rules.all())


def test_there_is_one_draft(world: World) -> None:
    actor = world.actor("district")
    assert start_draft(actor=actor) == start_draft(actor=actor)


@pytest.mark.parametrize("who", [name for name in PERSONAS if name != "district"])
def test_only_the_districts_desk_changes_rules(world: World, who: str) -> None:
    start_draft(actor=world.actor("district"))
    actor = world.actor(who)
    calls: list[Callable[[], Any]] = [
        lambda: start_draft(actor=actor),
        lambda: save_rule(lamp(), actor=actor),
        lambda: fill_draft([], actor=actor),
        lambda: move_rule(1, actor=actor, step=1),
        lambda: drop_rule(1, actor=actor),
        lambda: publish_draft(actor=actor, revision=1),
        lambda: restore_version(1, actor=actor),
        lambda: discard_draft(actor=actor),
    ]
    assert [refused(call).status for call in calls] == [403] * len(calls)
    assert RuleSet.objects.drafts().get().rules.count() == 0


@pytest.mark.parametrize(
    ("rule", "code", "field"),
    [
        (text("  ", conditions={"kinds": ["NEED"]}, target={"key": True}), "rule_nameless", "name"),
        (text(target={"key": True}), "rule_empty", ""),
        (text(conditions={"kinds": ["NEED"]}), "rule_aimless", "desk"),
        (text(conditions={"kinds": ["X"]}, target={"key": True}), "rule_unknown", "kinds"),
        (text(conditions={"hours": "X"}, target={"key": True}), "rule_unknown", "hours"),
        (text(conditions={"cell": "9"}, target={"key": True}), "rule_cell", "cell"),
        (text(conditions={"classes": ["EASY"]}, target={"key": True}), "rule_too_early", "classes"),
        (text(conditions={"pattern": "("}, target={"key": True}), "rule_pattern", "pattern"),
        (
            text(conditions={"pattern": "a" * 121}, target={"key": True}),
            "rule_pattern_long", "pattern",
        ),
        (text(conditions={"since": "25:00"}, target={"key": True}), "rule_time", "since"),
        (
            text(conditions={"any_words": ["一" * 21]}, target={"key": True}),
            "rule_words", "any_words",
        ),
        (lamp(desk="450312999"), "rule_cell", "desk"),
        (lamp(desk=QILIPING), "rule_desk_not_over", "desk"),
        (lamp(org="chengguan"), "rule_wrong_target", "post"),
        (text("归谁", "LATER", conditions={"kinds": ["NEED"]}), "rule_unknown", "stage"),
        (receiver(), "rule_aimless", "post"),
        (receiver(post="area_head", org="chengguan"), "rule_two_targets", "org"),
        (receiver(post="nobody"), "rule_post", "post"),
        (receiver(org="nobody"), "rule_org", "org"),
        (receiver(desk="DISTRICT", org="chengguan"), "rule_wrong_target", "desk"),
        (
            text("类", "DISPATCH", conditions={"categories": ["X9"]}, target={"org": "chengguan"}),
            "rule_category", "categories",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_rule_that_cannot_work_is_refused_by_field(
    world: World, rule: RuleText, code: str, field: str
) -> None:
    start_draft(actor=world.actor("district"))
    answer = refused(lambda: save_rule(rule, actor=world.actor("district")))
    assert (answer.code, answer.status, answer.params.get("field", "")) == (code, 422, field)
    assert names() == []


def test_json_of_another_shape_is_refused() -> None:
    assert refused(lambda: text(conditions={"kinds": "NEED"})).params["field"] == "kinds"
    assert refused(lambda: text(key="7")).params["field"] == "key"


def test_a_rule_is_asked_earlier_or_later_in_its_stage(world: World) -> None:
    actor = world.actor("district")
    fill_draft([text("甲", conditions={"photos": True}, target={"key": True}),
                receiver(org="chengguan"),
                text("乙", conditions={"photos": False}, target={"key": True})], actor=actor)  # fmt: skip
    second = Rule.objects.get(name="乙")
    move_rule(second.pk, actor=actor, step=-1)
    assert names() == ["乙", "灯归谁", "甲"]
    move_rule(second.pk, actor=actor, step=-1)
    assert names() == ["乙", "灯归谁", "甲"]


def test_a_rule_is_taken_out(world: World) -> None:
    actor = world.actor("district")
    draft = fill_draft([lamp(), receiver(org="chengguan")], actor=actor)
    drop_rule(draft.rules.all()[0].pk, actor=actor)
    assert names() == ["灯归谁"]
    assert draft.rules.get().position == 1


def test_rules_of_a_version_never_change(world: World) -> None:
    live = in_force(world, lamp())
    start_draft(actor=world.actor("district"))
    rule = live.rules.get()
    answer = refused(lambda: save_rule(lamp(), actor=world.actor("district"), rule=rule.pk))
    assert answer.status == 404
    assert refused(lambda: drop_rule(rule.pk, actor=world.actor("district"))).status == 404


def test_two_rules_with_one_key_are_refused(world: World) -> None:
    key = str(uuid4())
    twice = [text(key=key, conditions={"photos": True}, target={"key": True})] * 2
    answer = refused(lambda: fill_draft(twice, actor=world.actor("district")))
    assert answer.code == "rule_key_twice"


def test_a_draft_changed_meanwhile_is_not_published(world: World) -> None:
    actor = world.actor("district")
    draft = fill_draft([lamp()], actor=actor)
    save_rule(receiver(org="chengguan"), actor=actor)
    answer = refused(lambda: publish_draft(actor=actor, revision=draft.revision))
    assert (answer.code, answer.status) == ("draft_changed", 409)
    assert not RuleSet.objects.live().exists()


def test_a_draft_with_a_broken_rule_is_not_published(world: World) -> None:
    actor = world.actor("district")
    draft = fill_draft([lamp()], actor=actor)
    draft.rules.update(conditions={"cell": "9"})
    answer = refused(lambda: publish_draft(actor=actor, revision=draft.revision))
    assert (answer.code, answer.status) == ("draft_broken", 422)
    draft.rules.update(is_active=False)
    assert publish_draft(actor=actor, revision=draft.revision).number is not None


def test_publishing_is_on_record_with_its_note(world: World) -> None:
    live = in_force(world, lamp())
    row = AuditRow.objects.get(action="routing.publish")
    assert (row.subject_label, row.why) == (str(live.number), "试")
    assert live.published_by == world.users["district"]


def test_an_old_version_comes_back_as_a_new_one(world: World) -> None:
    first = in_force(world, lamp())
    second = in_force(world, receiver(org="chengguan"))
    draft = start_draft(actor=world.actor("district"))
    assert first.number is not None and second.number is not None
    back = restore_version(first.number, actor=world.actor("district"))
    assert back.number == second.number + 1
    assert [rule.name for rule in back.rules.all()] == ["灯"]
    assert RuleSet.objects.live().get() == back
    assert RuleSet.objects.drafts().get() == draft


def test_the_version_in_force_is_not_restored(world: World) -> None:
    live = in_force(world, lamp())
    number = live.number or 0
    assert refused(lambda: restore_version(number, actor=world.actor("district"))).status == 409
    assert refused(lambda: restore_version(999, actor=world.actor("district"))).status == 404


def test_without_a_draft_nothing_is_changed(world: World) -> None:
    actor = world.actor("district")
    for call in (
        lambda: save_rule(lamp(), actor=actor),
        lambda: discard_draft(actor=actor),
        lambda: publish_draft(actor=actor, revision=1),
    ):
        assert refused(call).status == 409


def test_a_thrown_away_draft_leaves_the_rules_in_force(world: World) -> None:
    live = in_force(world, lamp())
    start_draft(actor=world.actor("district"))
    discard_draft(actor=world.actor("district"))
    assert RuleSet.objects.get() == live


def test_of_two_who_publish_at_once_one_wins(real_world: World) -> None:
    actor = real_world.actor("district")
    draft = fill_draft([lamp()], actor=actor)
    answers = at_once(lambda: publish_draft(actor=actor, revision=draft.revision))
    assert sorted(answers) == ["done", "draft_gone"]
    assert RuleSet.objects.live().get().number == 1


def test_of_two_who_start_at_once_both_get_the_one_draft(real_world: World) -> None:
    actor = real_world.actor("district")
    assert at_once(lambda: start_draft(actor=actor)) == ["done", "done"]
    assert RuleSet.objects.drafts().count() == 1


def at_once(call: Callable[[], Any]) -> list[str]:
    """Two threads that make the same call after the same signal; each answers or is refused."""
    gate, answers = threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        try:
            call()
            answers.append("done")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers
