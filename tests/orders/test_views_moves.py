"""Every move by its page: the form, the move, and refusals that lose nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.orders import services
from gridpact.orders.choices import BESIDE, MOVES, State
from gridpact.orders.forms import FORMS
from gridpact.orders.models import Category, Claim, Order, Photo
from gridpact.orders.services.desk.triage import Target
from gridpact.orders.services.engine import VERBS
from gridpact.orders.tables.moves import FACES
from gridpact.ui import icons
from tests.factories.world import World
from tests.orders.test_moves import bring, jpeg, proof
from tests.pages import browser, words


def state_of(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)


def shown(page: Any) -> set[str]:
    """Icons of what is possible now and not folded away."""
    actions = page.context["detail"].actions
    return {action.icon for action in actions if action.possible and not action.aside}


def send(world: World, name: str, order: Order, verb: str, **data: Any) -> Any:
    return browser(world, name).post(f"/orders/{order.number}/{verb}", data)


def test_every_verb_has_a_form_a_face_and_an_icon() -> None:
    assert set(FORMS) == set(FACES)
    assert VERBS <= set(FORMS) <= VERBS | set(BESIDE)
    assert all(icons.svg(face.icon) for face in FACES.values())


@pytest.mark.parametrize(
    ("verb", "state", "name"),
    [
        ("accept", State.SUBMITTED, "zhihe"), ("reject", State.SUBMITTED, "zhihe"),
        ("triage", State.ACCEPTED, "area"), ("offer", State.TRIAGED, "zhihe"),
        ("dispatch", State.TRIAGED, "zhihe"), ("claim", State.OFFERED, "volunteer"),
        ("sign", State.DISPATCHED, "worker"), ("return", State.CLAIMED, "worker"),
        ("start", State.CLAIMED, "worker"), ("note", State.HANDLING, "worker"),
        ("finish", State.HANDLING, "worker"), ("verify_pass", State.DONE, "building"),
        ("verify_fail", State.DONE, "zhihe"), ("rate", State.VERIFIED, "zhihe"),
        ("close", State.VERIFIED, "zhihe"),
    ],
)  # fmt: skip
def test_page_of_a_move_shows_its_form_to_who_may(
    world: World, verb: str, state: str, name: str
) -> None:
    order = bring(world, state)
    page = browser(world, name).get(f"/orders/{order.number}/{verb}")
    assert page.status_code == 200
    assert page.context["blocked"] == ""
    assert 'method="post" id="move"' in page.content.decode()


def test_page_of_a_move_that_is_not_possible_says_why_instead_of_a_form(world: World) -> None:
    order = bring(world, State.SUBMITTED)
    page = browser(world, "zhihe").get(f"/orders/{order.number}/finish")
    assert str(State.HANDLING.label) in page.context["blocked"]
    assert 'id="move"' not in page.content.decode()
    worker = browser(world, "worker").get(f"/orders/{order.number}/accept")
    assert worker.context["blocked"] == str(FACES["accept"].who)


def test_accept_is_one_tap_and_leads_back_to_the_order(world: World) -> None:
    order = world.order()
    answer = send(world, "zhihe", order, "accept")
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}")
    assert state_of(order) == State.ACCEPTED


def test_second_tap_is_refused_with_409_and_changes_nothing(world: World) -> None:
    order = world.order()
    client = browser(world, "zhihe")
    client.post(f"/orders/{order.number}/accept")
    lines = order.log.count()
    again = client.post(f"/orders/{order.number}/accept")
    assert again.status_code == 409
    assert str(MOVES["accept"].name) in words(again)
    assert (state_of(order), order.log.count()) == (State.ACCEPTED, lines)


def test_a_note_sent_twice_is_written_once(world: World) -> None:
    order = bring(world, State.HANDLING)
    client = browser(world, "worker")
    page = client.get(f"/orders/{order.number}/note")
    data = {"note": "已到现场", "seen": page.context["form"]["seen"].value()}
    assert client.post(f"/orders/{order.number}/note", data).status_code == 302
    assert client.post(f"/orders/{order.number}/note", data).status_code == 409
    assert order.log.filter(verb="note").count() == 1


def test_who_never_may_gets_403_with_what_was_written_still_there(world: World) -> None:
    order = bring(world, State.DONE)
    answer = send(world, "worker", order, "verify_fail", reason="我自己查过了")
    assert answer.status_code == 403
    assert "我自己查过了" in answer.content.decode()
    assert state_of(order) == State.DONE


@pytest.mark.parametrize("verb", sorted(FORMS))
def test_the_neighbour_finds_nothing_at_any_move(world: World, verb: str) -> None:
    order = bring(world, State.DONE)
    client = browser(world, "neighbour")
    assert client.get(f"/orders/{order.number}/{verb}").status_code == 404
    assert client.post(f"/orders/{order.number}/{verb}", {}).status_code == 404
    assert state_of(order) == State.DONE


def test_unknown_move_is_not_found(world: World) -> None:
    assert send(world, "zhihe", world.order(), "vanish").status_code == 404


def test_post_without_csrf_token_is_refused(world: World) -> None:
    order = world.order()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["zhihe"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/orders/{order.number}/accept").status_code == 403
    assert state_of(order) == State.SUBMITTED


def test_triage_keeps_class_category_and_the_whole_reason(world: World) -> None:
    order = bring(world, State.ACCEPTED)
    category = Category.objects.get(code="A0101")
    send(
        world,
        "area",
        order,
        "triage",
        klass="EASY",
        category="A0101",
        standard="T11",
        reason="邻居能修",
    )
    order.refresh_from_db()
    assert (order.state, order.klass, order.category) == (State.TRIAGED, "EASY", category)
    assert order.log.get(verb="triage").text.endswith("\n邻居能修")


def test_triage_without_class_or_reason_names_the_fields(world: World) -> None:
    order = bring(world, State.ACCEPTED)
    nothing = send(world, "zhihe", order, "triage")
    assert (nothing.status_code, set(nothing.context["form"].errors)) == (422, {"klass"})
    no_reason = send(world, "zhihe", order, "triage", klass="EASY")
    assert set(no_reason.context["form"].errors) == {"reason"}
    assert state_of(order) == State.ACCEPTED


def test_offer_of_a_public_matter_is_refused_on_the_form(world: World) -> None:
    order = bring(world, State.ACCEPTED)
    services.triage_order(order, actor=world.actor("zhihe"), klass="PUBLIC", reason="部门办")
    answer = send(world, "zhihe", order, "offer", slots="2")
    assert answer.status_code == 409
    assert state_of(order) == State.TRIAGED


def test_offer_puts_an_easy_matter_into_the_hall(world: World) -> None:
    order = bring(world, State.TRIAGED)
    send(world, "zhihe", order, "offer", slots="3", until="2099-01-01T09:00", skill="水电")
    order.refresh_from_db()
    assert (order.state, order.slots_free, order.skill) == (State.OFFERED, 3, "水电")


def test_dispatch_lists_posts_departments_and_units_and_sends_to_one(world: World) -> None:
    order = bring(world, State.TRIAGED)
    page = browser(world, "zhihe").get(f"/orders/{order.number}/dispatch")
    shown = words(page)
    assert "城市管理局" in shown
    assert "致和小学" in shown
    assert "系统管理员" not in shown
    org = world.orgs["chengguan"]
    send(world, "zhihe", order, "dispatch", to=f"org:{org.pk}", note="请尽快")
    order.refresh_from_db()
    assert (order.state, order.handler_org_id) == (State.DISPATCHED, org.pk)


@pytest.mark.parametrize("to", ["", "post:0", "org:x", "team:1", "nonsense"])
def test_dispatch_to_nobody_known_is_a_field_error(world: World, to: str) -> None:
    order = bring(world, State.TRIAGED)
    answer = send(world, "zhihe", order, "dispatch", to=to)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"to"})
    assert state_of(order) == State.TRIAGED


def test_claim_from_the_hall_then_the_claimer_sees_everything(world: World) -> None:
    order = bring(world, State.OFFERED)
    client = browser(world, "unit_liaison")
    assert client.post(f"/orders/{order.number}/claim").status_code == 302
    assert Claim.objects.get(order=order).org == world.orgs["school"]
    page = client.get(f"/orders/{order.number}")
    assert page.context["detail"].sees_text is True


def test_what_was_claimed_is_given_back_and_what_was_dispatched_is_returned(world: World) -> None:
    claimed = bring(world, State.OFFERED)
    services.claim_order(claimed, actor=world.actor("unit_liaison"))
    page = browser(world, "unit_liaison").get(f"/orders/{claimed.number}")
    assert shown(page) == {"player-play", "arrow-back"}
    dispatched = bring(world, State.CLAIMED)
    page = browser(world, "worker").get(f"/orders/{dispatched.number}")
    assert shown(page) == {"player-play", "arrow-back-up"}


def test_finish_uploads_the_proof_and_tells_the_answer(world: World) -> None:
    order = bring(world, State.HANDLING)
    files = [SimpleUploadedFile("a.jpg", jpeg()), SimpleUploadedFile("b.jpg", jpeg("blue"))]
    answer = send(world, "worker", order, "finish", answer="换了新灯", photos=files)
    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.state, order.answer) == (State.DONE, "换了新灯")
    assert order.photos.filter(role="AFTER").count() == 2


def test_finish_without_answer_keeps_the_photos_for_the_next_try(world: World) -> None:
    order = bring(world, State.HANDLING)
    client = browser(world, "worker")
    url = f"/orders/{order.number}/finish"
    first = client.post(url, {"answer": "", "photos": SimpleUploadedFile("a.jpg", jpeg())})
    assert (first.status_code, set(first.context["form"].errors)) == (422, {"answer"})
    assert first.context["kept_count"] == 1
    kept = first.context["form"]["kept"].value()
    assert client.post(url, {"answer": "换了新灯", "kept": kept}).status_code == 302
    assert order.photos.filter(role="AFTER").count() == 1


def test_finish_without_proof_is_refused_and_keeps_the_answer(world: World) -> None:
    order = bring(world, State.HANDLING)
    answer = send(world, "worker", order, "finish", answer="换了新灯")
    assert answer.status_code == 422
    assert "换了新灯" in answer.content.decode()
    assert state_of(order) == State.HANDLING


def test_finish_with_a_text_named_jpg_says_which_file(world: World) -> None:
    order = bring(world, State.HANDLING)
    bad = SimpleUploadedFile("假照片.jpg", b"not a picture")
    answer = send(world, "worker", order, "finish", answer="换了新灯", photos=bad)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"photos"})
    assert "假照片.jpg" in words(answer)
    assert (state_of(order), Photo.objects.filter(order=order).count()) == (State.HANDLING, 0)


def test_somebody_elses_upload_does_not_count_as_proof(world: World) -> None:
    order = bring(world, State.HANDLING)
    [foreign] = proof(world, "zhihe")
    answer = send(world, "worker", order, "finish", answer="换了新灯", kept=str(foreign.pk))
    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert (state_of(order), foreign.order_id) == (State.HANDLING, None)


def test_reject_tells_the_reporter_why(world: World) -> None:
    order = world.order()
    send(world, "zhihe", order, "reject", standard="R3")
    assert state_of(order) == State.REJECTED
    assert order.log.get(verb="reject").told != ""


def test_return_sends_it_back_and_the_unit_leaves_for_its_list(world: World) -> None:
    order = bring(world, State.TRIAGED)
    services.dispatch_order(
        order, actor=world.actor("zhihe"), to=Target(org=world.orgs["chengguan"].pk)
    )
    answer = send(world, "dept", order, "return", reason="不归城管")
    assert (answer.status_code, answer["Location"]) == (302, "/orders/")
    assert state_of(order) == State.TRIAGED


def test_call_back_writes_down_an_unhappy_word_and_the_order_reopens(world: World) -> None:
    order = bring(world, State.VERIFIED)
    data = {"solved": "no", "satisfaction": "unsatisfied", "comment": "还是不亮"}
    assert send(world, "zhihe", order, "rate", **data).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.redone) == (State.HANDLING, 1)
    assert order.ratings.get().by_call_back is True


def test_notes_with_null_bytes_are_a_field_error(world: World) -> None:
    order = bring(world, State.HANDLING)
    answer = send(world, "worker", order, "note", note="a\x00b")
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"note"})


def test_a_liaison_of_two_units_is_asked_for_which_one(world: World) -> None:
    order = bring(world, State.OFFERED)
    world.orgs["school2"].members.create(user=world.users["unit_liaison"], role="LIAISON")
    client = browser(world, "unit_liaison")
    [card] = client.get("/work/hall").context["cards"]
    assert card.one_tap is False
    missing = client.post(f"/orders/{order.number}/claim", {})
    assert set(missing.context["form"].errors) == {"org"}
    client.post(f"/orders/{order.number}/claim", {"org": world.orgs["school2"].pk})
    assert Claim.objects.get(order=order).org == world.orgs["school2"]


def test_system_moves_have_no_page(world: World) -> None:
    order = bring(world, State.CLOSED)
    assert send(world, "zhihe", order, "redo").status_code == 404
