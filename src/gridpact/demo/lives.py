"""The life of one demo order as rows: those the verbs would write, without their queries.

`tests/demo/test_lives.py` holds both against each other.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from gridpact.audit import services as audit
from gridpact.audit.models import AuditRow
from gridpact.clocks.book import Book
from gridpact.demo.people import Person
from gridpact.demo.pictures import Scene, scene_photo
from gridpact.orders.choices import MOVES, STEP_OF, Klass, PhotoRole, State
from gridpact.orders.limits import contact_due, set_clock, start_step
from gridpact.orders.models import Category, Claim, Order, OrderLog, OrderStep, Photo, Rating
from gridpact.orders.services.clock.clockwork import limit_again

RESIDENT = Person(0, "", "")


@dataclass
class Life:
    """An order that is not saved yet, with everything that hangs on it."""

    order: Order
    pages: Book
    desk_label: str
    desk_name: str
    upper_desk_name: str
    log: list[OrderLog] = field(default_factory=list)
    steps: list[OrderStep] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    audits: list[AuditRow] = field(default_factory=list)
    handler: Person | None = None

    def submit(self, by: Person) -> None:
        """→ SUBMITTED; order and first step come from `build_order`."""
        order = self.order
        self.log.append(_line(order.created_at, "submit", "", State.SUBMITTED, by))
        self.steps[0].owner = self.desk_label[:120]
        self.audits.append(_audit(order.created_at, "submit", by, after=State.SUBMITTED))

    def move(self, verb: str, at: datetime, by: Person, text: str = "", **more: Any) -> None:
        """One move of the table. `more`: `told`, `stay`, `to` (another target state)."""
        order, before = self.order, self.order.state
        if before not in MOVES[verb].sources:
            raise ValueError(f"{verb} is not possible in {before}")
        target = more.get("to") or MOVES[verb].to
        if target is not None and not more.get("stay"):
            order.state = target
        if verb == "accept" and order.reporter_phone_digest:
            order.contact_due_at = contact_due(order, at, self.pages)
        self._run_clock(before, at)
        line = _line(at, verb, before, order.state, by)
        line.text, line.told = text, more.get("told", "")
        self.log.append(line)
        after = audit.fingerprint(order.state, order.klass, order.due_at, order.answer)
        self.audits.append(_audit(at, verb, by, why=text[:500], after=after))

    def _run_clock(self, before: str, at: datetime) -> None:
        order = self.order
        step = STEP_OF.get(State(order.state), "")
        if step == order.step and order.state == before:
            return
        running = self.steps[-1]
        if step == order.step and step and running.ended_at is None:
            running.owner = self._handler_label() or self.desk_name
            limit_again(order, running, self.pages)
            set_clock(order, running, self.pages)
            return
        if running.ended_at is None:
            running.ended_at = at
        begun = start_step(order, at, self.pages)
        if begun is not None:
            begun.owner = self._handler_label() or self.desk_name
            self.steps.append(begun)

    def _handler_label(self) -> str:
        if self.handler is None:
            return ""
        if self.handler.org is not None and self.order.handler_org_id is not None:
            return self.handler.org.name[:120]
        if self.order.handler_post_id is not None:
            return f"{self.handler.post} {self.handler.name}"[:120]
        return self.handler.name

    def _clear_handler(self) -> None:
        self.handler = None
        order = self.order
        order.handler_post_id = order.handler_org_id = order.handler_user_id = None

    def triage(self, at: datetime, by: Person, klass: str, why: str, category: Category) -> None:
        """→ TRIAGED."""
        self.order.klass, self.order.category = klass, category
        self.order.is_public = klass != Klass.PRIVATE
        self._clear_handler()
        self.move("triage", at, by, f"{Klass(klass).label}: {why}")

    def offer(self, at: datetime, by: Person, slots: int, skill: str) -> None:
        """TRIAGED → OFFERED."""
        self.order.slots = self.order.slots_free = slots
        self.order.skill = skill
        self.move("offer", at, by)

    def dispatch(self, at: datetime, by: Person, to: Person) -> None:
        """→ DISPATCHED to a post or an organisation."""
        self._clear_handler()
        self.handler = to
        if to.org is not None:
            self.order.handler_org_id = to.org.pk
        elif to.appointment is not None:
            self.order.handler_post_id = to.appointment.pk
        self.order.slots_free = 0
        self.move("dispatch", at, by, f"→ {self._handler_label()}")

    def claim(self, at: datetime, by: Person, *, for_org: bool) -> None:
        """OFFERED → CLAIMED, or still OFFERED while places are free."""
        order, org = self.order, by.org if for_org else None
        place = Claim(user_id=by.user_id, org=org, by_member=org is None, at=at)
        self.claims.append(place)
        order.slots_free -= 1
        if self.handler is None:
            self.handler = by
            order.handler_org_id = None if org is None else org.pk
            order.handler_user_id = None if org is not None else by.user_id
        self.move("claim", at, by, stay=order.slots_free > 0)

    def give_back(self, at: datetime, why: str) -> None:
        """DISPATCHED → TRIAGED by the receiver; the second return goes up one level."""
        assert self.handler is not None
        by = self.handler
        self.order.returns += 1
        self._clear_handler()
        up = State.ESCALATED if self.order.returns >= 2 else None
        if up and self.order.township_id is not None:
            self.order.sent_from_id = self.order.desk_id
            self.order.desk_id, self.desk_name = self.order.township_id, self.upper_desk_name
        self.move("return", at, by, why, to=up)

    def finish(self, at: datetime, by: Person, answer: str, scene: Scene, rng: Random) -> None:
        """HANDLING → DONE with a picture as proof."""
        key = uuid.UUID(int=rng.getrandbits(128), version=4)
        self.photos.append(scene_photo(scene, key, at, by.user_id, PhotoRole.AFTER))
        self.order.answer, self.order.finished_at = answer, at
        self.order.finished_by_id = by.user_id
        self.move("finish", at, by, answer, told=answer)

    def verify_pass(self, at: datetime, by: Person) -> None:
        """DONE → VERIFIED."""
        self.order.verified_at = at
        self.move("verify_pass", at, by)

    def verify_fail(self, at: datetime, by: Person, why: str) -> None:
        """DONE → HANDLING."""
        self.order.finished_at = None
        self.move("verify_fail", at, by, why)

    def rate(self, at: datetime, by: Person, word: str, comment: str) -> None:
        """VERIFIED → CLOSED with the resident's word; an unhappy first one reopens at once."""
        order = self.order
        solved = word != "unsatisfied"
        self.ratings.append(
            Rating(
                at=at,
                solved=solved,
                satisfaction=word,
                comment=comment,
                by_call_back=by is not RESIDENT,
                round=order.redone,
            )
        )
        order.satisfaction, order.solved_word = word, solved
        order.closed_at = order.closed_at or at
        self.move("rate", at, by, comment)
        if not solved and order.redone == 0:
            order.redone = 1
            order.closed_at = order.finished_at = order.verified_at = None
            self.move("redo", at, Person(0, "clock", ""))

    def end(self, verb: str, at: datetime, by: Person, why: str = "") -> None:
        """`reject`, `withdraw` or `close`."""
        self.order.closed_at = at
        if verb != "close":
            self.order.is_public = False
            self.order.slots_free = 0
        self.move(verb, at, by, why, told=why)

    def attach(self, order_id: int) -> None:
        """Give everything that hangs on the order its id."""
        parts: tuple[Any, ...] = (
            *self.log,
            *self.steps,
            *self.claims,
            *self.ratings,
            *self.photos,
        )
        for part in parts:
            part.order_id = order_id
        for row in self.audits:
            row.subject_id, row.subject_label = order_id, self.order.number


def _line(at: datetime, verb: str, before: str, after: str, by: Person) -> OrderLog:
    return OrderLog(
        at=at,
        verb=verb,
        before=before,
        after=after,
        actor_id=by.user_id or None,
        actor_name=by.name,
        post=by.post[:80],
    )


def _audit(at: datetime, verb: str, by: Person, why: str = "", after: str = "") -> AuditRow:
    kind = "user" if by.user_id else "system" if by.name else "public"
    return AuditRow(
        at=at,
        actor_kind=kind,
        actor_id=by.user_id or None,
        actor_name=by.name,
        post=by.post[:80],
        action=f"orders.{verb}",
        subject_type="orders.order",
        why=why,
        after=after,
    )
