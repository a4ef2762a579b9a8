"""Who answers a question, who settles it, and what follows a word."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.honesty.choices import Standing
from gridpact.honesty.models import Question, Threshold
from gridpact.honesty.selectors import thresholds
from gridpact.honesty.services import answer_question, save_numbers, settle_question
from gridpact.notify.models import Notification
from gridpact.notify.services import deliver_batch
from gridpact.orders.choices import Card
from gridpact.orders.models import Photo, Supervision
from tests.factories.world import PERSONAS, World
from tests.honesty.stage import close, finish, handling, read

EVERYBODY = [*PERSONAS, "resident"]
DESKS = {"district", "township", "zhihe"}


def asked(world: World, *, closed: bool = False) -> Question:
    """A question about proof, put to the worker."""
    order = finish(world, handling(world))
    if closed:
        close(world, order)
    Photo.objects.filter(order=order).delete()
    return read()[-1]


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_whoever_is_asked_answers(world: World, name: str) -> None:
    question = asked(world)
    if name == "worker":
        done = answer_question(question, actor=world.actor(name), text="照片补在附件里")
        assert (done.state, done.answer) == (Standing.ANSWERED, "照片补在附件里")
        return
    with pytest.raises(Refused) as refused:
        answer_question(question, actor=world.actor(name), text="照片补在附件里")
    assert refused.value.status == 403
    question.refresh_from_db()
    assert (question.state, question.answer) == (Standing.OPEN, "")


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_desks_of_the_area_settle(world: World, name: str) -> None:
    question = asked(world)
    if name in DESKS:
        done = settle_question(
            question, actor=world.actor(name), verdict="fine", reason="现场看过，已修好"
        )
        assert (done.state, done.verdict) == (Standing.SETTLED, "fine")
        assert done.settled_name == f"{name}甲"
        return
    with pytest.raises(Refused) as refused:
        settle_question(question, actor=world.actor(name), verdict="fine", reason="看过")
    assert refused.value.status == 403
    question.refresh_from_db()
    assert (question.state, question.verdict) == (Standing.OPEN, "")


def test_nobody_settles_a_question_put_to_themselves_or_about_their_own_work(
    world: World,
) -> None:
    question = asked(world)
    Question.objects.filter(pk=question.pk).update(asked=world.users["zhihe"])
    question.refresh_from_db()
    with pytest.raises(Refused):
        settle_question(question, actor=world.actor("zhihe"), verdict="fine", reason="没问题")
    assert question.order is not None
    question.asked = None
    question.order.finished_by = world.users["township"]
    with pytest.raises(Refused):
        settle_question(question, actor=world.actor("township"), verdict="fine", reason="没问题")


def test_what_is_empty_unknown_or_said_already_is_refused(world: World) -> None:
    question, worker, desk = asked(world), world.actor("worker"), world.actor("district")
    codes = []
    for call in (
        lambda: answer_question(question, actor=worker, text=" "),
        lambda: settle_question(question, actor=desk, verdict="guilty", reason="不对"),
        lambda: settle_question(question, actor=desk, verdict="fine", reason=" "),
    ):
        with pytest.raises(Refused) as refused:
            call()
        codes.append(refused.value.code)
    assert codes == ["missing", "verdict_unknown", "missing"]
    answer_question(question, actor=worker, text="已补")
    with pytest.raises(Refused) as twice:
        answer_question(question, actor=worker, text="再说一次")
    settle_question(question, actor=desk, verdict="fine", reason="可以")
    with pytest.raises(Refused) as again:
        settle_question(question, actor=desk, verdict="not_fine", reason="不可以")
    with pytest.raises(Refused) as late:
        answer_question(question, actor=worker, text="再说一次")
    found = [each.value.code for each in (twice, again, late)]
    assert found == ["question_answered", "question_settled", "question_settled"]
    question.refresh_from_db()
    assert (question.answer, question.verdict) == ("已补", "fine")


def test_both_sides_are_told_and_all_is_logged(world: World) -> None:
    question = asked(world)
    answer_question(question, actor=world.actor("worker"), text="已补")
    settle_question(question, actor=world.actor("district"), verdict="not_fine", reason="再补")
    while deliver_batch():
        pass
    told = Notification.objects.filter(user=world.users["worker"])
    assert {"question_asked", "question_not_fine"} <= set(told.values_list("template", flat=True))
    actions = AuditRow.objects.values_list("action", flat=True)
    assert {"honesty.answer", "honesty.settle"} <= set(actions)


@pytest.mark.parametrize("closed", [True, False])
def test_not_in_order_may_bring_a_yellow_card_even_after_the_end(
    world: World, closed: bool
) -> None:
    question = asked(world, closed=closed)
    desk = world.actor("district")
    settle_question(question, actor=desk, verdict="not_fine", reason="没有修好", card=True)
    assert question.order is not None
    question.order.refresh_from_db()
    assert question.order.card == Card.YELLOW
    assert "没有修好" in Supervision.objects.get(order=question.order).reason


def test_in_order_brings_no_card(world: World) -> None:
    question = asked(world)
    settle_question(
        question, actor=world.actor("district"), verdict="fine", reason="可以", card=True
    )
    assert not Supervision.objects.exists()


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_the_district_sets_the_numbers(world: World, name: str) -> None:
    if name == "district":
        assert save_numbers({"mass_orders": 20, "mass_minutes": 10}, actor=world.actor(name)) == 1
        assert (thresholds()["mass_orders"], thresholds()["copied_times"]) == (20, 10)
        return
    with pytest.raises(Refused) as refused:
        save_numbers({"mass_orders": 20}, actor=world.actor(name))
    assert refused.value.status == 403
    assert not Threshold.objects.exists()


def test_numbers_out_of_range_change_nothing(world: World) -> None:
    with pytest.raises(Refused) as refused:
        save_numbers({"mass_minutes": 20, "photo_bits": 8}, actor=world.actor("district"))
    assert refused.value.code == "number_range"
    assert not Threshold.objects.exists()


def test_two_words_at_once_give_one(real_world: World) -> None:
    question = asked(real_world)
    results: list[str] = []

    def run(verdict: str) -> None:
        try:
            settle_question(
                question, actor=real_world.actor("district"), verdict=verdict, reason="看过"
            )
            results.append("done")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(word,)) for word in ("fine", "not_fine")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "question_settled"]
