"""The table of moves in full: every state × verb × persona has one expected answer."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from gridpact.audit.models import AuditRow
from gridpact.core.access import Actor, Refused
from gridpact.orders import services
from gridpact.orders.choices import MOVES, State
from gridpact.orders.models import Order, Photo
from gridpact.orders.services.desk.triage import Target
from gridpact.orders.services.engine import VERBS
from tests.factories.world import PERSONAS, World


def jpeg(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def proof(world: World, name: str) -> list[Photo]:
    return [services.keep_upload(jpeg(), "a.jpg", actor=world.actor(name))]


def upper_calls(world: World, order: Order, actor: Actor) -> dict[str, Callable[[], Order]]:
    """The moves between offices, of ties, supervision and time."""
    return {
        "guide": lambda: services.guide_order(order, actor=actor, guide=world.post("area").pk),
        "escalate": lambda: services.escalate_order(order, actor=actor, reason="需上级协调"),
        "send_down": lambda: services.send_down_order(order, actor=actor, reason="社区可办"),
        "whistle": lambda: services.whistle_order(
            order, actor=actor, lead=world.orgs["chengguan"].pk
        ),
        "extend": lambda: services.extend_order(order, actor=actor, days=1, reason="等材料"),
        "suspend": lambda: services.suspend_order(order, actor=actor, reason="等规划"),
        "resume": lambda: services.resume_order(order, actor=actor),
        "merge": lambda: services.merge_order(
            order, actor=actor, into=world.order("同一件事").number, reason="同一件事"
        ),
        "urge": lambda: services.urge_order(order, actor=actor, note="请快一点"),
        "supervise": lambda: services.supervise_order(
            order, actor=actor, card="YELLOW", reason="拖了很久"
        ),
        "unsupervise": lambda: services.unsupervise_order(order, actor=actor, reason="已推进"),
    }


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
        **upper_calls(world, order, actor),
    }  # fmt: skip
    return calls[verb]()


# How an order comes into each state, by the worker's hands (a dispatched order).
ROUTE = (
    ("accept", "zhihe"), ("triage", "zhihe"), ("dispatch", "zhihe"), ("sign", "worker"),
    ("start", "worker"), ("finish", "worker"), ("verify_pass", "zhihe"), ("rate", "reporter"),
)  # fmt: skip


def bring(world: World, state: str, klass: str = "EASY") -> Order:
    """A fresh order in `state`, of `klass` once it is triaged (hard where the state asks for it)."""
    order = world.order()
    if state == State.REJECTED:
        return call(world, "reject", order, "zhihe")
    if state == State.WITHDRAWN:
        return call(world, "withdraw", order, "reporter")
    if state == State.MERGED:
        return call(world, "merge", order, "zhihe")
    for verb, name in ROUTES.get(state, ROUTE):
        if order.state == state:
            return order
        if verb == "triage":
            wanted = "HARD" if state in NEEDS_HARD else klass
            order = services.triage_order(
                order, actor=world.actor(name), klass=wanted, reason="社区可办"
            )
        else:
            order = call(world, verb, order, name)
    return order


NEEDS_HARD = {State.ESCALATED, State.SUSPENDED}
ROUTES = {
    State.OFFERED: (*ROUTE[:2], ("offer", "zhihe")),
    State.ESCALATED: (*ROUTE[:2], ("escalate", "zhihe")),
    State.SUSPENDED: (*ROUTE[:5], ("suspend", "zhihe")),
}

# Who may use a verb on an order of 致和 that the worker handles (or that the reporter placed).
UPPER = {"district", "township"}
DESK = {*UPPER, "zhihe"}
HEAD = {*DESK, "area"}
CLAIMERS = {"building", "unit", "worker", "unit_liaison", "volunteer", *HEAD}
MAY: dict[str, set[str]] = {
    "accept": HEAD, "reject": DESK, "withdraw": {"reporter"}, "triage": HEAD, "offer": HEAD,
    "dispatch": HEAD, "claim": CLAIMERS, "sign": {"worker"}, "return": {"worker"},
    "release": {"worker"}, "start": {"worker"}, "note": {"worker"}, "finish": {"worker"},
    "verify_pass": {*HEAD, "building"}, "verify_fail": {*HEAD, "building"},
    "rate": {*HEAD, "reporter"}, "close": HEAD, "guide": HEAD, "escalate": HEAD,
    "send_down": DESK, "whistle": UPPER, "extend": DESK, "suspend": DESK, "resume": DESK,
    "merge": HEAD, "urge": {*HEAD, "reporter"}, "supervise": DESK, "unsupervise": DESK,
}  # fmt: skip
WHO = (*PERSONAS, "reporter", "resident")
ALWAYS_HANDLED = {
    State.DISPATCHED, State.CLAIMED, State.HANDLING, State.DONE, State.VERIFIED, State.CLOSED,
    State.SUSPENDED,
}  # fmt: skip
OF_HANDLER = {"sign", "return", "release", "start", "note", "finish"}
# What was sent up lies with the township in these tests: only that desk and those above decide.
OF_UPPER_DESK = {"triage", "dispatch", "send_down"}


def expected(verb: str, state: str, name: str) -> int:
    """200, 403 or 409 by the table; a handler's verb has no handler before there is one."""
    allowed = name in MAY[verb]
    if verb in OF_HANDLER and state not in ALWAYS_HANDLED:
        allowed = False
    if verb in OF_UPPER_DESK and state == State.ESCALATED:
        allowed = name in UPPER
    if not allowed:
        return 403
    if state not in MOVES[verb].sources:
        return 409
    refused = {
        "release": True,  # it was dispatched, not claimed
        "rate": state == State.CLOSED,  # rated already
        "escalate": name == "district",  # nothing above
        "unsupervise": True,  # no card
    }
    return 409 if refused.get(verb) else 200


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


CLASS_FOR = {"guide": "PRIVATE", "escalate": "HARD", "suspend": "HARD", "whistle": "PUBLIC"}


@pytest.mark.parametrize(
    ("verb", "state"),
    [(verb, state) for verb in sorted(VERBS) for state in sorted(MOVES[verb].sources)],
)
def test_every_allowed_move_leads_where_the_table_says(world: World, verb: str, state: str) -> None:
    names = [name for name in WHO if expected(verb, state, name) == 200]
    if verb == "release":
        order, names = call(world, "claim", bring(world, State.OFFERED), "unit_liaison"), []
        names = ["unit_liaison"]
    elif verb == "rate" and state == State.CLOSED:
        order, names = call(world, "close", bring(world, State.VERIFIED), "zhihe"), ["reporter"]
    elif verb == "unsupervise":
        order, names = call(world, "supervise", bring(world, state), "zhihe"), ["township"]
    else:
        order = bring(world, state, CLASS_FOR.get(verb, "EASY"))
    assert names
    moved = call(world, verb, order, names[0])
    assert moved.state == (MOVES[verb].to or state)
    last = moved.log.last()
    assert last is not None
    assert (last.verb, last.before, last.after) == (verb, order.state, moved.state)
    rows = AuditRow.objects.filter(action=f"orders.{verb}", subject_id=moved.pk)
    assert rows.count() == moved.log.filter(verb=verb).count()


def test_the_verbs_are_those_of_the_table_and_of_the_system() -> None:
    assert set(MOVES) - VERBS == {"redo", "hand_over", "take_over"}
    assert set(MAY) == VERBS
