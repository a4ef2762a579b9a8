"""The whistle 吹哨: departments are called with a lead, report in, report back, are rated."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.worktime import DAY_MINUTES
from gridpact.orders.choices import OPEN, Klass, State
from gridpact.orders.models import Assist, Order
from gridpact.orders.policies import called_as
from gridpact.orders.services.clock.clockwork import begin_again, until
from gridpact.orders.services.engine import VERBS, Line, beside, move, need
from gridpact.orders.services.upward import acting_post, free_hands
from gridpact.orgs.models import Org

VERBS.update({"whistle"})
MOST_DAYS = 60
MOST_CALLED = 20


def whistle_order(
    order: Order,
    *,
    actor: Actor,
    lead: int,
    assist: Sequence[int] = (),
    days: int = 10,
    note: str = "",
) -> Order:
    """ESCALATED | HANDLING → HANDLING with a lead department and others that assist.

    lead, assist: organisation ids; days: working days until all report back (1–60). Whoever is
    called already and has not reported back is not called twice. Raises `Refused` 409 for a
    private matter or when nobody new is called, 422 naming what is wrong.
    """

    def change(fresh: Order) -> Line:
        if fresh.klass == Klass.PRIVATE:
            raise Refused("private_stays", 409)
        if not 1 <= days <= MOST_DAYS:
            raise Refused("days_range", 422, field="days", given=days, most=MOST_DAYS)
        orgs = _called(lead, assist)
        waiting = set(fresh.assists.open().values_list("org_id", flat=True))
        new = [org for org in orgs if org.pk not in waiting]
        if not new:
            raise Refused("called_already", 409, names=_names(orgs))
        free_hands(fresh)
        _call(fresh, new, lead, days, note.strip())
        post = acting_post(actor, "orders.whistle", fresh)
        fresh.caller_id = post.cell_id if post is not None else fresh.desk_id
        fresh.handler_org = orgs[0]
        if fresh.state == State.HANDLING:
            begin_again(fresh)
        text = "\n".join(filter(None, (f"→ {_names(orgs)}", note.strip())))
        return Line(text, minutes=days * DAY_MINUTES)

    return move(order, "whistle", actor=actor, change=change)


def _called(lead: int, assist: Sequence[int]) -> list[Org]:
    """The lead first, then the others, each once."""
    ids = list(dict.fromkeys([lead, *assist]))
    if len(ids) > MOST_CALLED:
        raise Refused("too_many_called", 422, field="assist", most=MOST_CALLED)
    known = Org.objects.active().in_bulk(ids)
    for field, wanted in (("lead", [lead]), ("assist", ids[1:])):
        missing = next((each for each in wanted if each not in known), None)
        if missing is not None:
            raise Refused("unknown_target", 422, field=field, given=missing)
    return [known[each] for each in ids]


def _call(order: Order, orgs: list[Org], lead: int, days: int, task: str) -> None:
    now, due_at = clock.now(), until(order, days)
    order.assists.open().exclude(org_id=lead).update(is_lead=False)
    order.assists.open().filter(org_id=lead).update(is_lead=True)
    Assist.objects.bulk_create(
        Assist(
            order=order,
            org=org,
            is_lead=org.pk == lead,
            task=task,
            called_at=now,
            due_at=due_at,
        )
        for org in orgs
    )


def _names(orgs: Sequence[Org]) -> str:
    return gettext(", ").join(org.name for org in orgs)


def report_in(order: Order, *, actor: Actor, note: str = "") -> Order:
    """A called department says that it is there 报到; once for each call."""

    def change(fresh: Order) -> Line:
        call = _mine(fresh, actor)
        if call.here_at is not None:
            raise Refused("here_already", 409, org=call.org.name)
        call.here_at, call.here_by_id = clock.now(), actor.user_id
        call.save(update_fields=["here_at", "here_by"])
        return Line("\n".join(filter(None, (call.org.name, note.strip()))))

    return beside(order, "report_in", actor=actor, change=change)


def report_back(order: Order, *, actor: Actor, text: str) -> Order:
    """A called department says what it did; the lead does so by finishing the order."""

    def change(fresh: Order) -> Line:
        call = _mine(fresh, actor)
        said = need(text, "text")
        if call.is_lead:
            raise Refused("lead_finishes", 409)
        now = clock.now()
        if call.here_at is None:
            call.here_at, call.here_by_id = now, actor.user_id
        call.back_at, call.back_by_id, call.result = now, actor.user_id, said
        call.save(update_fields=["here_at", "here_by", "back_at", "back_by", "result"])
        return Line(f"{call.org.name}\n{said}")

    return beside(order, "report_back", actor=actor, change=change)


def _mine(order: Order, actor: Actor) -> Assist:
    """The open call of the actor's department, lead last: who assists reports first."""
    if order.state not in OPEN:
        raise Refused("ended_already", 409)
    rows = order.assists.open().select_for_update(of=("self",)).select_related("org")
    mine = rows.filter(org_id__in=called_as(actor)).order_by("is_lead", "pk").first()
    if mine is None:
        raise Refused("not_called", 409)
    return mine


def rate_assist(order: Order, *, actor: Actor, assist: int, stars: int, comment: str = "") -> Order:
    """The caller rates a department that has reported back, 1 to 5 stars, once.

    assist: id of the call.
    """

    def change(fresh: Order) -> Line:
        if not 1 <= stars <= 5:
            raise Refused("stars_range", 422, field="stars", given=stars)
        rows = fresh.assists.select_for_update(of=("self",)).select_related("org")
        call = rows.filter(pk=assist).first()
        if call is None:
            raise Refused("unknown_target", 422, field="assist", given=assist)
        if call.back_at is None:
            raise Refused("not_back_yet", 409, org=call.org.name)
        if call.stars is not None:
            raise Refused("assist_rated", 409, org=call.org.name)
        call.stars, call.comment = stars, comment.strip()
        call.rated_at, call.rated_by_id = clock.now(), actor.user_id
        call.save(update_fields=["stars", "comment", "rated_at", "rated_by"])
        return Line("\n".join(filter(None, (f"{call.org.name} {'★' * stars}", call.comment))))

    return beside(order, "rate_assist", actor=actor, change=change)


def lead_is_back(order: Order, actor: Actor, answer: str, reason: str) -> str:
    """Before the lead finishes: the others have reported back, or a reason says why not.

    The lead's own call is answered, those still open are closed. Returns the line to log.
    """
    if order.caller_id is None:
        return ""
    waiting = list(order.assists.open().filter(is_lead=False).select_related("org"))
    if waiting and not reason.strip():
        names = _names([call.org for call in waiting])
        raise Refused("assists_open", 409, field="reason", names=names)
    now = clock.now()
    for call in order.assists.open().filter(is_lead=True):
        call.here_at = call.here_at or now
        call.back_at, call.back_by_id, call.result = now, actor.user_id, answer
        call.save(update_fields=["here_at", "back_at", "back_by", "result"])
    order.assists.open().update(closed_at=now)
    if not waiting:
        return ""
    words = {"names": _names([call.org for call in waiting]), "why": reason.strip()}
    return gettext("Finished without %(names)s: %(why)s") % words
