"""Each question is asked when there is reason, once, and not without."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.honesty.choices import Kind
from gridpact.honesty.models import Finish, ProofPrint, Question, Reader, Threshold
from gridpact.honesty.services import ask_batch
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.models import Order, Photo
from tests.factories.world import GRID, QILIPING, World
from tests.honesty.stage import at, close, finish, handling, kinds, read
from tests.honesty.test_prints import jpeg, picture

POINT = {"lon": 110.105, "lat": 25.11}
PDF = b"%PDF-1.4\n%%EOF\n"


def lower(key: str, number: int) -> None:
    Threshold.objects.create(key=key, number=number)


def test_an_order_with_a_good_photo_raises_no_question(world: World) -> None:
    order = finish(world, handling(world, **POINT))
    Photo.objects.filter(order=order).update(taken_at=clock.now(), lon=110.1051, lat=25.1101)
    close(world, order)
    assert kinds() == []
    assert ProofPrint.objects.filter(order=order, whole__isnull=False).count() == 1


def test_a_photo_from_before_the_order_is_asked_about(world: World) -> None:
    order = finish(world, handling(world))
    taken = order.created_at - timedelta(hours=50)
    Photo.objects.filter(order=order).update(taken_at=taken)
    (question,) = read()
    assert (question.kind, question.order, question.unit) == (Kind.PROOF, order, "致和社区")
    assert [(flaw["what"], flaw["hours"]) for flaw in question.evidence["flaws"]] == [("older", 50)]
    assert question.asked == world.users["worker"]
    assert Outbox.objects.filter(template="question_asked").count() == 1


def test_half_an_hour_before_is_no_reason(world: World) -> None:
    order = finish(world, handling(world))
    taken = order.created_at - timedelta(minutes=30)
    Photo.objects.filter(order=order).update(taken_at=taken)
    assert kinds() == []


@pytest.mark.parametrize(("lat", "asked"), [(25.1140, False), (25.1150, True)])
def test_a_photo_taken_over_500_metres_away_is_asked_about(
    world: World, lat: float, asked: bool
) -> None:
    order = finish(world, handling(world, **POINT))
    Photo.objects.filter(order=order).update(lon=110.105, lat=lat)
    found = read()
    assert bool(found) is asked
    if asked:
        assert found[0].evidence["flaws"][0]["metres"] == pytest.approx(557, abs=5)


def test_documents_only_are_asked_about_outdoors_and_not_indoors(world: World) -> None:
    inside = finish(world, handling(world), data=PDF, name="a.pdf")
    assert inside.lon is None
    outside = finish(world, handling(world), data=PDF, name="b.pdf")
    Order.objects.filter(pk=outside.pk).update(lon=110.105, lat=25.11)  # placed on the map later
    (question,) = read()
    assert question.order == outside
    assert question.evidence["flaws"] == [{"what": "only_paper"}]


def test_no_proof_at_all_is_asked_about(world: World) -> None:
    order = finish(world, handling(world))
    Photo.objects.filter(order=order).delete()
    assert [flaw["what"] for flaw in read()[0].evidence["flaws"]] == ["nothing"]


def test_the_same_photo_in_two_orders_is_asked_about_once(world: World) -> None:
    shown = picture(7)
    first = finish(world, handling(world), data=jpeg(shown))
    second = finish(world, handling(world), data=jpeg(shown.resize((400, 300)), 60))
    other = finish(world, handling(world), data=jpeg(picture(8)))
    (question,) = read()
    assert (question.kind, question.order) == (Kind.PHOTO, second)
    (pair,) = question.evidence["pairs"]
    assert pair["order"] == first.pk
    assert pair["other"] == str(first.photos.get().pk)
    assert other.pk not in {question.order_id, pair["order"]}
    Reader.objects.update(upto=0)
    assert read() == [question]


def test_plain_pictures_and_two_photos_of_one_order_are_not_compared(world: World) -> None:
    from_wall = jpeg(picture(1).resize((1, 1)).resize((400, 300)))
    finish(world, handling(world), data=from_wall)
    finish(world, handling(world), data=from_wall)
    order, worker = handling(world), world.actor("worker")
    twice = [services.keep_upload(jpeg(picture(9)), "a.jpg", actor=worker).pk for _ in range(2)]
    services.finish_order(order, actor=worker, answer="两张照片", proof=twice)
    assert kinds() == []


def test_many_verified_within_minutes_are_asked_about_as_one(world: World) -> None:
    lower("mass_orders", 3)
    orders = [finish(world, handling(world)) for _ in range(4)]
    for place, order in enumerate(orders):
        with clock.frozen(at(200 + place)):
            services.verify_pass_order(order, actor=world.actor("zhihe"))
    found = [question for question in read(timedelta(hours=5)) if "zhihe" in str(question.asked)]
    assert [(q.kind, q.order, q.cell.code[-3:]) for q in found] == [(Kind.MASS, None, "101")]
    assert found[0].evidence["times"] == 4
    assert found[0].evidence["orders"] == [order.pk for order in orders]
    assert found[0].evidence["verb"] == "verify_pass"


def test_verifying_with_time_between_is_no_reason(world: World) -> None:
    lower("mass_orders", 3)
    orders = [handling(world) for _ in range(4)]
    for place, order in enumerate(orders):
        with clock.frozen(at(200 + 12 * place)):
            finish(world, order)
    assert [q.kind for q in read(timedelta(hours=5))] == []


def test_a_rating_from_a_phone_of_staff_is_asked_about(world: World) -> None:
    zhihe = world.users["zhihe"]
    zhihe.set_phone("13800001234")
    zhihe.save()
    close(world, finish(world, handling(world)))
    (question,) = read()
    assert (question.kind, question.evidence["what"]) == (Kind.PHONE, "staff")
    assert question.asked == world.users["worker"]


def test_an_unhappy_rating_of_staff_is_no_reason(world: World) -> None:
    worker = world.users["worker"]
    worker.set_phone("13800001234")
    worker.save()
    order = services.verify_pass_order(finish(world, handling(world)), actor=world.actor("zhihe"))
    services.rate_order(
        order, actor=world.reporter(order), solved=False, satisfaction="unsatisfied"
    )
    assert kinds() == []


@pytest.mark.parametrize(("number", "asked"), [(3, [Kind.PHONE]), (4, [])])
def test_many_good_ratings_of_one_phone(world: World, number: int, asked: list[str]) -> None:
    lower("phone_ratings", number)
    for _ in range(3):
        close(world, finish(world, handling(world)))
    assert kinds() == asked


@pytest.mark.parametrize(("word", "asked"), [("satisfied", 1), ("basically", 0)])
def test_call_backs_that_are_all_satisfied(world: World, word: str, asked: int) -> None:
    lower("calls_run", 5)
    words = ["satisfied"] * 4 + [word]
    for each in words:
        close(world, finish(world, handling(world)), by="zhihe", word=each)
    found = read()
    assert [question.kind for question in found] == [Kind.CALLS] * asked
    assert {question.asked for question in found} <= {world.users["zhihe"]}


def quick(world: World, minutes: float) -> Order:
    """Handled for so many minutes, with an answer of its own."""
    with clock.frozen(at(0)):
        order = handling(world)
    with clock.frozen(at(minutes)):
        return finish(
            world, order, answer=f"{'甲乙丙丁戊己庚辛壬癸'[order.pk % 10]}已办{order.title}"
        )


def sample(world: World) -> None:
    """Twenty others that took two hours and more."""
    order = handling(world)
    Finish.objects.bulk_create(
        Finish(line=-n, order=order, at=at(0), minutes=120 + n, answer_print=str(n))
        for n in range(1, 21)
    )


def test_a_finish_far_quicker_than_others_is_asked_about(world: World) -> None:
    sample(world)
    order = quick(world, 4)
    (question,) = read(timedelta(days=1))
    assert (question.kind, question.order) == (Kind.SPEED, order)
    assert question.evidence == {"minutes": 4, "median": 130, "sample": 20}


def test_ten_minutes_are_no_reason_and_few_others_neither(world: World) -> None:
    quick(world, 4)  # nothing to compare with yet
    assert read(timedelta(days=1)) == []
    sample(world)
    quick(world, 10)
    assert read(timedelta(days=1)) == []


def test_the_same_answer_many_times_is_asked_about(world: World) -> None:
    lower("copied_times", 3)
    for text in ("已处理，谢谢1", "已处理 谢谢", "已处理,谢谢!"):
        last = finish(world, handling(world), answer=text)
    (question,) = read()
    assert (question.kind, question.order, question.evidence["times"]) == (Kind.COPIED, last, 3)
    assert last.pk not in question.evidence["orders"]
    finish(world, handling(world), answer="已处理，谢谢")
    assert len(read()) == 1


def test_other_answers_are_no_reason(world: World) -> None:
    lower("copied_times", 3)
    for text in ("换了三楼的灯", "换了锁", "清理了杂物"):
        finish(world, handling(world), answer=text)
    assert kinds() == []


def test_young_lines_wait_and_only_the_worker_reads(world: World) -> None:
    order = finish(world, handling(world))
    Photo.objects.filter(order=order).delete()
    assert read(timedelta(seconds=0)) == []
    assert kinds() == [Kind.PROOF]
    with pytest.raises(Refused):
        ask_batch(actor=world.actor("district"))
    assert Question.objects.count() == 1


def test_questions_about_several_lie_in_the_cell_they_share(world: World) -> None:
    lower("mass_orders", 3)
    orders = [finish(world, handling(world)) for _ in range(3)]
    Order.objects.filter(pk=orders[0].pk).update(cell=world.cells[GRID])
    Order.objects.filter(pk=orders[1].pk).update(cell=world.cells[QILIPING])
    (question,) = [q for q in read() if q.kind == Kind.MASS]
    assert question.cell == world.cells["450312100"]
    assert question.evidence["verb"] == "finish"


def in_time(world: World, minutes: int) -> Order:
    """Finished so many minutes before its limit."""
    order = handling(world)
    step = order.steps.latest("pk")
    with clock.frozen(clock.now()) as now:
        step.due_at = now + timedelta(minutes=minutes)
        step.save(update_fields=["due_at"])
        answer = f"{'甲乙丙丁戊己庚辛壬癸'[order.pk % 10]}已办{order.title}"
        return finish(world, order, answer=answer)


def test_many_finishes_just_before_the_limit_are_asked_about_once_a_month(world: World) -> None:
    lower("late_times", 3)
    orders = [in_time(world, minutes) for minutes in (3, 29, 10)]
    (question,) = read()
    assert (question.kind, question.asked) == (Kind.LATE, world.users["worker"])
    assert (question.order, question.evidence["times"]) == (orders[-1], 3)
    in_time(world, 5)
    assert len(read()) == 1


@pytest.mark.parametrize("minutes", [30, 200, -5])
def test_half_an_hour_before_the_limit_or_after_it_is_no_reason(world: World, minutes: int) -> None:
    lower("late_times", 3)
    for each in (3, 4, minutes):
        in_time(world, each)
    assert kinds() == []


def passed(world: World, after: float, verb: str = "verify_pass") -> Order:
    """Finished now by the worker, looked at by the head so many minutes later."""
    order = handling(world)
    order = finish(world, order, answer=f"{'甲乙丙丁戊己庚辛壬癸'[order.pk % 10]}已办{order.title}")
    with clock.frozen(clock.now() + timedelta(minutes=after)):
        if verb == "verify_pass":
            return services.verify_pass_order(order, actor=world.actor("zhihe"))
        return services.verify_fail_order(order, actor=world.actor("zhihe"), reason="没修好")


def test_whoever_passes_the_work_of_one_person_at_once_in_a_row_is_asked(world: World) -> None:
    lower("pair_run", 5)
    orders = [passed(world, 1) for _ in range(5)]
    (question,) = read(timedelta(minutes=30))
    assert (question.kind, question.asked) == (Kind.PAIR, world.users["zhihe"])
    assert question.evidence["orders"] == [order.pk for order in orders]
    assert question.evidence["name"] == str(world.users["worker"])
    assert len(read(timedelta(minutes=31))) == 1


@pytest.mark.parametrize(("after", "verb"), [(6, "verify_pass"), (1, "verify_fail")])
def test_one_that_was_looked_at_begins_the_row_anew(world: World, after: float, verb: str) -> None:
    lower("pair_run", 5)
    for _ in range(3):
        passed(world, 1)
    passed(world, after, verb)
    for _ in range(4):
        passed(world, 1)
    assert [q.kind for q in read(timedelta(minutes=30)) if q.kind == Kind.PAIR] == []
