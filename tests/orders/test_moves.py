"""The table of moves in full: every state × verb × persona has one expected answer."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.orders import services
from gridpact.orders.choices import MOVES, State
from gridpact.orders.models import Order, Photo
from gridpact.orders.services.desk import Target
from gridpact.orders.services.engine import VERBS
from tests.factories.world import PERSONAS, World


def jpeg(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def proof(world: World, name: str) -> list[Photo]:
    return [services.keep_upload(jpeg(), "a.jpg", actor=world.actor(name))]


def call(world: World, verb: str, order: Order, name: str) -> Order:
    """Call the verb with a body that is right, as persona `name`."""
    actor = world.reporter(order) if name == "reporter" else world.actor(name)
    calls: dict[str, Callable[[], Order]] = {
        "accept": lambda: services.accept_order(order, actor=actor),
        "reject": lambda: services.reject_order(order, actor=actor, reason="不属于本社区"),
        "withdraw": lambda: services.withdraw_order(order, actor=actor),
        "triage": lambda: services.triage_order(order, actor=actor, klass="EASY", reason="社区可办"),
        "offer": lambda: services.offer_order(order, actor=actor, slots=1),
        "dispatch": lambda: services.dispatch_order(
            order, actor=actor, to=Target(post=world.post("worker").pk)
        ),
        "claim": lambda: services.claim_order(order, actor=actor),
        "sign": lambda: services.sign_order(order, actor=actor),
        "return": lambda: services.return_order(order, actor=actor, reason="不归我管"),
        "release": lambda: services.release_order(order, actor=actor, reason="没有时间"),
        "start": lambda: services.start_order(order, actor=actor),
        "note": lambda: services.note_order(order, actor=actor, note="已到现场"),
        "finish": lambda: services.finish_order(
            order, actor=actor, answer="已修好", proof=[p.pk for p in proof(world, name)]
            if name in PERSONAS else [],
        ),
        "verify_pass": lambda: services.verify_pass_order(order, actor=actor),
        "verify_fail": lambda: services.verify_fail_order(order, actor=actor, reason="没修好"),
        "rate": lambda: services.rate_order(
            order, actor=actor, solved=True, satisfaction="satisfied"
        ),
        "close": lambda: services.close_order(order, actor=actor),
    }  # fmt: skip
    return calls[verb]()


# How an order comes into each state, by the worker's hands (a dispatched order).
ROUTE = (
    ("accept", "zhihe"), ("triage", "zhihe"), ("dispatch", "zhihe"), ("sign", "worker"),
    ("start", "worker"), ("finish", "worker"), ("verify_pass", "zhihe"), ("rate", "reporter"),
)  # fmt: skip


def bring(world: World, state: str) -> Order:
    """A fresh order in `state`."""
    order = world.order()
    if state == State.OFFERED:
        for verb, name in (*ROUTE[:2], ("offer", "zhihe")):
            order = call(world, verb, order, name)
        return order
    if state == State.REJECTED:
        return call(world, "reject", order, "zhihe")
    if state == State.WITHDRAWN:
        return call(world, "withdraw", order, "reporter")
    if state in {State.ESCALATED, State.SUSPENDED, State.MERGED}:
        Order.objects.filter(pk=order.pk).update(
            state=state, klass="HARD", handler_post=world.post("worker")
        )
        return Order.objects.get(pk=order.pk)
    for verb, name in ROUTE:
        if order.state == state:
            return order
        order = call(world, verb, order, name)
    return order


# Who may use a verb on an order of 致和 that the worker handles (or that the reporter placed).
DESK = {"district", "township", "zhihe"}
HEAD = {*DESK, "area"}
CLAIMERS = {"building", "unit", "worker", "unit_liaison", "volunteer", *HEAD}
MAY: dict[str, set[str]] = {
    "accept": HEAD, "reject": DESK, "withdraw": {"reporter"}, "triage": HEAD, "offer": HEAD,
    "dispatch": HEAD, "claim": CLAIMERS, "sign": {"worker"}, "return": {"worker"},
    "release": {"worker"}, "start": {"worker"}, "note": {"worker"}, "finish": {"worker"},
    "verify_pass": {*HEAD, "building"}, "verify_fail": {*HEAD, "building"},
    "rate": {*HEAD, "reporter"}, "close": HEAD,
}  # fmt: skip
WHO = (*PERSONAS, "reporter", "resident")
ALWAYS_HANDLED = {
    State.DISPATCHED, State.CLAIMED, State.HANDLING, State.DONE, State.VERIFIED, State.CLOSED,
    State.SUSPENDED, State.ESCALATED, State.MERGED,
}  # fmt: skip
OF_HANDLER = {"sign", "return", "release", "start", "note", "finish"}


def expected(verb: str, state: str, name: str) -> int:
    """200, 403 or 409 by the table; a handler's verb has no handler before there is one."""
    allowed = name in MAY[verb]
    if verb in OF_HANDLER and state not in ALWAYS_HANDLED:
        allowed = False
    if not allowed:
        return 403
    if state not in MOVES[verb].sources:
        return 409
    if verb == "release":
        return 409  # it was dispatched, not claimed
    if verb == "rate" and state == State.CLOSED:
        return 409  # rated already
    if verb == "offer":
        return 200
    return 200


@pytest.mark.parametrize("state", [str(state) for state in State])
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_state_and_verb_answers_every_persona_as_the_table_says(
    world: World, state: str, verb: str
) -> None:
    base = bring(world, state)
    log = base.log.count()
    for name in WHO:
        if expected(verb, state, name) == 200:
            continue
        rows = AuditRow.objects.filter(action=f"orders.{verb}").count()
        with pytest.raises(Refused) as refusal:
            call(world, verb, base, name)
        assert refusal.value.status == expected(verb, state, name), (name, refusal.value.code)
        base.refresh_from_db()
        assert base.state == state
        assert base.log.count() == log
        assert AuditRow.objects.filter(action=f"orders.{verb}").count() == rows


@pytest.mark.parametrize(
    ("verb", "state"),
    [(verb, state) for verb in sorted(VERBS) for state in sorted(MOVES[verb].sources)],
)
def test_every_allowed_move_leads_where_the_table_says(world: World, verb: str, state: str) -> None:
    names = [name for name in WHO if expected(verb, state, name) == 200]
    if verb == "release":
        order = bring(world, State.OFFERED)
        order = call(world, "claim", order, "unit_liaison")
        names = ["unit_liaison"]
        moved = call(world, verb, order, "unit_liaison")
    elif verb == "rate" and state == State.CLOSED:
        order = call(world, "close", bring(world, State.VERIFIED), "zhihe")
        names = ["reporter"]
        moved = call(world, verb, order, "reporter")
    else:
        order = bring(world, state)
        moved = call(world, verb, order, names[0])
    assert names
    assert moved.state == (MOVES[verb].to or state)
    last = moved.log.last()
    assert last is not None
    assert (last.verb, last.before, last.after) == (verb, order.state, moved.state)
    rows = AuditRow.objects.filter(action=f"orders.{verb}", subject_id=moved.pk)
    assert rows.count() == moved.log.filter(verb=verb).count()
