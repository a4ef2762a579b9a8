"""One press at the desk: every part is made and audited, or nothing is."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Decision, DeskUndo, Order
from gridpact.orders.services import Ruling, decide_order
from gridpact.orders.services.desk.triage import Target
from tests.factories.world import PERSONAS, World


def ruling(klass: str = "EASY", way: str = "offer", **given: Any) -> Ruling:
    return Ruling(klass=klass, reason="社区可办", way=way, **given)


def to_worker(world: World) -> Target:
    return Target(post=world.post("worker").pk)


@pytest.mark.parametrize(
    ("klass", "way", "state"),
    [
        ("EASY", "offer", State.OFFERED), ("EASY", "dispatch", State.DISPATCHED),
        ("EASY", "keep", State.TRIAGED), ("PRIVATE", "guide", State.HANDLING),
        ("PRIVATE", "dispatch", State.DISPATCHED), ("PUBLIC", "dispatch", State.DISPATCHED),
        ("PUBLIC", "escalate", State.ESCALATED), ("HARD", "escalate", State.ESCALATED),
        ("HARD", "dispatch", State.DISPATCHED),
    ],
)  # fmt: skip
def test_a_new_order_is_accepted_classed_and_passed_on_at_once(
    world: World, klass: str, way: str, state: str
) -> None:
    order = world.order()
    to = Target(post=world.post("area").pk) if way == "guide" else to_worker(world)
    decided = decide_order(
        order, actor=world.actor("zhihe"), ruling=ruling(klass, way, to=to, slots=2)
    )
    assert decided.state == state
    assert decided.klass == klass
    verbs = list(decided.log.values_list("verb", flat=True))
    assert verbs == ["submit", "accept", "triage", *([] if way == "keep" else [way])]
    audited = AuditRow.objects.filter(subject_id=order.pk).exclude(action="orders.submit")
    assert [row.action for row in audited.order_by("pk")] == [f"orders.{v}" for v in verbs[1:]]


@pytest.mark.parametrize("name", [*PERSONAS, "resident"])
def test_only_desk_and_head_of_the_area_decide(world: World, name: str) -> None:
    order = world.order()
    if name in {"district", "township", "zhihe", "area"}:
        assert decide_order(order, actor=world.actor(name), ruling=ruling()).state == State.OFFERED
        return
    with pytest.raises(Refused) as refusal:
        decide_order(order, actor=world.actor(name), ruling=ruling())
    assert refusal.value.status == 403
    order.refresh_from_db()
    assert (order.state, order.log.count()) == (State.SUBMITTED, 1)


@pytest.mark.parametrize(
    ("given", "code", "part"),
    [
        (ruling(slots=0), "slots_range", "offer"),
        (ruling("PUBLIC", "dispatch"), "one_target", "dispatch"),
        (ruling("PUBLIC", "dispatch", to=Target(org=0)), "unknown_target", "dispatch"),
        (ruling("PRIVATE", "guide", to=Target(post=0)), "unknown_guide", "guide"),
        (ruling("GOOD", "dispatch"), "unknown_class", "triage"),
        (Ruling(klass="EASY", reason=" ", way="offer"), "missing", "triage"),
    ],
)
def test_a_refusal_of_any_part_changes_nothing_and_names_the_part(
    world: World, given: Ruling, code: str, part: str
) -> None:
    order = world.order()
    rows = AuditRow.objects.count()
    with pytest.raises(Refused) as refusal:
        decide_order(order, actor=world.actor("zhihe"), ruling=given)
    assert (refusal.value.code, refusal.value.params["part"]) == (code, part)
    order.refresh_from_db()
    assert (order.state, order.klass, order.log.count()) == (State.SUBMITTED, "", 1)
    assert AuditRow.objects.count() == rows
    assert not Decision.objects.filter(order=order).exists()
    assert not DeskUndo.objects.filter(order=order).exists()


def test_a_way_that_the_class_does_not_have_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        decide_order(world.order(), actor=world.actor("zhihe"), ruling=ruling("PRIVATE", "offer"))
    assert (refusal.value.code, refusal.value.status) == ("way_wrong", 422)


def test_an_order_of_the_same_class_only_goes_on_and_is_not_classed_anew(world: World) -> None:
    head = world.actor("zhihe")
    order = decide_order(world.order(), actor=head, ruling=ruling("EASY", "keep"))
    order = decide_order(order, actor=head, ruling=ruling("EASY", "dispatch", to=to_worker(world)))
    assert order.state == State.DISPATCHED
    assert order.decisions.count() == 1


def test_classing_anew_is_kept_with_what_it_was_before(world: World) -> None:
    head = world.actor("zhihe")
    order = decide_order(world.order(), actor=head, ruling=ruling("EASY", "keep"))
    decide_order(order, actor=head, ruling=ruling("PUBLIC", "keep"))
    kept = list(order.decisions.values_list("before", "klass", "reason"))
    assert kept == [("", "EASY", "社区可办"), ("EASY", "PUBLIC", "社区可办")]


def test_whoever_was_slower_is_told_who_was_faster(world: World) -> None:
    order = world.order()
    seen = order.log.latest("pk").pk
    decide_order(order, actor=world.actor("area"), ruling=ruling(seen=seen))
    with pytest.raises(Refused) as refusal:
        decide_order(order, actor=world.actor("zhihe"), ruling=ruling(seen=seen))
    assert (refusal.value.code, refusal.value.status) == ("decided_meanwhile", 409)
    assert "area甲" in refusal.value.params["who"]
    with pytest.raises(Refused) as again:
        decide_order(order, actor=world.actor("area"), ruling=ruling(seen=seen))
    assert again.value.code == "decided_already"


def test_an_order_out_of_the_desks_hands_is_not_decided(world: World) -> None:
    head = world.actor("zhihe")
    order = decide_order(
        world.order(), actor=head, ruling=ruling("EASY", "dispatch", to=to_worker(world))
    )
    with pytest.raises(Refused) as refusal:
        decide_order(order, actor=head, ruling=ruling())
    assert (refusal.value.code, refusal.value.status) == ("wrong_state", 409)


def test_two_at_the_desk_at_once_make_one_decision(real_world: World) -> None:
    order = real_world.order()
    seen = order.log.latest("pk").pk
    actors = [real_world.actor("zhihe"), real_world.actor("area")]
    start, answers = threading.Barrier(2), []

    def press(actor: Any) -> None:
        start.wait()
        try:
            decide_order(order, actor=actor, ruling=ruling(seen=seen))
            answers.append("done")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["decided_meanwhile", "done"]
    assert Order.objects.get(pk=order.pk).decisions.count() == 1


def test_not_accepting_from_the_desk_keeps_the_reason_and_can_be_taken_back(world: World) -> None:
    order = world.order()
    head = world.actor("zhihe")
    refused = services.refuse_order(order, actor=head, reason="不在本区")
    assert refused.state == State.REJECTED
    assert services.undo_order(refused, actor=head).state == State.SUBMITTED
