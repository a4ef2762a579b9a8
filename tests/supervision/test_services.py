"""Instructions: who writes them, who answers, and that each is answered once."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.notify.models import Notification
from gridpact.notify.services import deliver_batch
from gridpact.orders.choices import State
from gridpact.supervision.models import Instruction
from gridpact.supervision.services import answer_instruction, instruct_order
from tests.factories.world import PERSONAS, World
from tests.orders.test_moves import bring

DESKS = {"district", "township", "zhihe"}


@pytest.mark.parametrize("name", [*PERSONAS, "resident"])
def test_only_desks_of_the_area_write_instructions(world: World, name: str) -> None:
    order = bring(world, State.HANDLING)
    if name in DESKS:
        made = instruct_order(order, actor=world.actor(name), text="三天内办结")
        assert (made.text, made.by_name) == ("三天内办结", f"{name}甲")
        assert order.log.last().verb == "instruct"  # type: ignore[union-attr]  # it has a line
        return
    with pytest.raises(Refused) as refused:
        instruct_order(order, actor=world.actor(name), text="三天内办结")
    assert refused.value.status == 403
    assert not Instruction.objects.exists()


@pytest.mark.parametrize("name", [*PERSONAS, "resident"])
def test_only_the_handler_answers(world: World, name: str) -> None:
    order = bring(world, State.HANDLING)
    made = instruct_order(order, actor=world.actor("district"), text="请说明进度")
    if name == "worker":
        done = answer_instruction(made, actor=world.actor(name), text="明天换灯")
        assert (done.answer, done.answered_name) == ("明天换灯", "worker甲")
        return
    with pytest.raises(Refused) as refused:
        answer_instruction(made, actor=world.actor(name), text="明天换灯")
    assert refused.value.status == 403
    assert Instruction.objects.waiting().count() == 1


def test_while_nobody_has_the_order_the_desk_answers(world: World) -> None:
    made = instruct_order(world.order(), actor=world.actor("district"), text="尽快受理")
    with pytest.raises(Refused):
        answer_instruction(made, actor=world.actor("neighbour"), text="不是我的")
    assert answer_instruction(made, actor=world.actor("zhihe"), text="已受理").answered_at


def test_both_sides_are_told_and_all_is_logged(world: World) -> None:
    made = instruct_order(bring(world, State.HANDLING), actor=world.actor("district"), text="请快")
    answer_instruction(made, actor=world.actor("worker"), text="好的")
    while deliver_batch():
        pass
    told = {(row.user.username, row.template) for row in Notification.objects.all()}
    assert ("worker", "order_instructed") in told
    assert ("district", "instruction_answered") in told
    actions = AuditRow.objects.values_list("action", flat=True)
    assert {"orders.instruct", "orders.answer_instruction"} <= set(actions)


def test_empty_texts_and_ended_orders_are_refused(world: World) -> None:
    desk = world.actor("district")
    with pytest.raises(Refused) as empty:
        instruct_order(world.order(), actor=desk, text="  ")
    with pytest.raises(Refused) as ended:
        instruct_order(bring(world, State.CLOSED), actor=desk, text="再看看")
    assert (empty.value.code, ended.value.code) == ("missing", "instruct_ended")
    assert not Instruction.objects.exists()


def test_two_answers_at_once_give_one(real_world: World) -> None:
    made = instruct_order(real_world.order(), actor=real_world.actor("district"), text="请快")
    results: list[str] = []

    def run(text: str) -> None:
        try:
            answer_instruction(made, actor=real_world.actor("zhihe"), text=text)
            results.append("done")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(text,)) for text in ("一", "二")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["answered_already", "done"]
