"""What orders ask: the desk of a new order, the receiver of a triaged one, and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.grid.choices import Level
from gridpact.grid.tree import CellRef, Tree, tree
from gridpact.orders.choices import PhotoRole, Priority
from gridpact.orders.hooks.routes import Arrival, Proposal
from gridpact.orders.models import Order
from gridpact.routing.choices import Fallback, Stage
from gridpact.routing.matcher import Facts, Ready, quoted
from gridpact.routing.models import RouteTrace, RuleFinding
from gridpact.routing.selectors.checks import DESK_LEVELS
from gridpact.routing.selectors.live import (
    VERSION_SQL,
    Compiled,
    arrival_facts,
    category_codes,
    compiled,
    live,
    triaged_facts,
)
from gridpact.routing.selectors.receivers import Receiver, Receivers
from gridpact.routing.wording import matched_line, values_of

_NO_RULE = _("No rule fitted: the desk of the place has it.")


class RuleRouter:
    """The router of `ORDER_ROUTER`: the rules in force."""

    version_sql = VERSION_SQL

    def receive(self, arrival: Arrival, version: int) -> Sequence[Model]:
        """The first rule of the intake stage that fits sets desk, priority and key flag.

        In memory; a desk that somebody must hold is looked up at most once a minute.
        """
        rules = compiled(version, arrival.tree)
        order = arrival.order
        facts = arrival_facts(order, arrival.cell.path, photos=arrival.photos)
        rule = rules.books[Stage.INTAKE].first(facts)
        if rule is None:
            return ()
        desk, fallback = desk_of(rule, arrival.cell, arrival.tree, rules)
        if fallback == Fallback.BROKEN:
            note_broken(rules, rule.id, rule.target.desk)
        order.desk_id = desk
        order.priority = Priority.URGENT if rule.target.urgent else order.priority
        order.is_key = order.is_key or rule.target.key
        order.route_rule = rule.id
        given = arrival.tree.names(desk) if rule.target.desk else ""
        return (trace(order, rule, facts, stage=Stage.INTAKE, given=given, fallback=fallback),)

    def propose(self, order: Order) -> Proposal | None:
        """The receiver by the first rule of the dispatch stage that fits."""
        found = named_receiver(order)
        if found is None or not found[1].to:
            return None
        rule, receiver, facts = found
        return Proposal(receiver.to, receiver.label, reason_line(rule, receiver, facts))

    def why(self, order: Order, *, seen: bool) -> list[dict[str, Any]]:
        """Each rule that decided: version, name, key, what fitted and what came of it."""
        return [
            {
                "stage": row.stage,
                "version": row.rule.rule_set.number,
                "rule": row.rule.name,
                "key": str(row.rule.key),
                "matched": dict(values_of(row.matched, seen=seen)),
                "wanted": row.wanted,
                "given": row.given,
                "fallback": row.fallback or None,
                "at": row.at,
            }
            for row in _traces(order)
        ]

    def lines(self, order: Order, *, seen: bool) -> list[tuple[str | Promise, str]]:
        """Each rule that decided as a sentence."""
        rows = _traces(order)
        if not rows:
            return [(_("Why here"), str(_NO_RULE))]
        return [
            (_("Why here") if row.stage == Stage.INTAKE else _("Why this receiver"),
             _sentence(row, seen=seen))
            for row in rows
            # Given back or taken back, it has no receiver to be explained.
            if row.stage == Stage.INTAKE or order.handler_label
        ]  # fmt: skip


ROUTER = RuleRouter()


def desk_of(rule: Ready, cell: CellRef, snapshot: Tree, rules: Compiled) -> tuple[int, str]:
    """The desk a rule gives an order in `cell`, and why it is not the one it wanted."""
    wanted = rule.target.desk
    if not wanted:
        return cell.desk_id, ""
    if wanted in DESK_LEVELS:
        desk = cell.ancestors.get(Level(wanted), cell.desk_id)
    else:
        ref = snapshot.by_code.get(wanted)
        if ref is None:
            return cell.desk_id, Fallback.BROKEN
        if not cell.is_under(ref.id):
            return cell.desk_id, Fallback.NOT_OVER
        desk = ref.id
    path = [int(part) for part in snapshot.by_id[desk].path.split("/") if part]
    staffed = rules.first_staffed(reversed(path))
    if staffed is None:
        return cell.desk_id, Fallback.NOBODY
    return staffed, "" if staffed == desk else Fallback.NOBODY


def named_receiver(order: Order) -> tuple[Ready, Receiver, Facts] | None:
    """The dispatch rule that fits a triaged order, and whom it means there."""
    rules = live()
    if rules is None or not rules.books[Stage.DISPATCH].rules:
        return None
    snapshot = tree()
    cell = snapshot.by_id.get(order.cell_id)
    if cell is None:
        return None
    photos = rules.needs_photos and order.photos.filter(role=PhotoRole.REPORT).exists()
    categories = category_codes() if rules.needs_categories else {}
    facts = triaged_facts(order, categories, photos=photos)
    rule = rules.books[Stage.DISPATCH].first(facts)
    if rule is None:
        return None
    receivers = Receivers.read([rule.target], snapshot, order.cell.path_ids)
    receiver = receivers.of(rule.target, cell)
    if receiver.fallback == Fallback.BROKEN:
        note_broken(rules, rule.id, rule.target.org or rule.target.post)
    return rule, receiver, facts


def trace(
    order: Order, rule: Ready, facts: Facts, *, stage: str, given: str, fallback: str
) -> RouteTrace:
    """An unsaved row about what a rule did to an order."""
    target = rule.target
    return RouteTrace(
        order_id=order.pk,
        rule_id=rule.id,
        stage=stage,
        at=order.step_started_at or order.created_at,
        matched=matched(rule, facts),
        wanted=(target.desk or target.post or target.org)[:40],
        given=given[:160],
        fallback=str(fallback),
    )


def matched(rule: Ready, facts: Facts) -> list[list[str]]:
    """The conditions of a rule with the order's values: [[field, value]]."""
    want = rule.conditions
    values = {
        "cell": want.cell,
        "kinds": facts.kind if want.kinds else "",
        "channels": facts.channel if want.channels else "",
        "classes": facts.klass if want.classes else "",
        "categories": "、".join(sorted(facts.categories & set(want.categories))),
        "time": f"{facts.at:%m-%d %H:%M}"
        if want.weekdays or want.hours or want.since or want.until
        else "",
        "photos": "" if want.photos is None else ("yes" if facts.photos else "no"),
    }
    plain = [[name, value] for name, value in values.items() if value]
    return [*plain, *([name, value] for name, value in quoted(want, facts.text))]


def reason_line(rule: Ready, receiver: Receiver, facts: Facts) -> str:
    """Why this receiver is proposed."""
    line = gettext("Rule “%(name)s”: %(why)s") % {
        "name": rule.name,
        "why": matched_line(matched(rule, facts), seen=True),
    }
    return f"{line} {Fallback(receiver.fallback).label}" if receiver.fallback else line


def note_broken(rules: Compiled, rule: int, given: str) -> None:
    """Write the finding down, once a rule however many orders it meets; after the commit."""
    if (rule, "broken") in rules.told:
        return
    rules.told.add((rule, "broken"))
    row = RuleFinding(rule_id=rule, problem="rule_unknown", params={"given": given})
    transaction.on_commit(partial(RuleFinding.objects.bulk_create, [row], ignore_conflicts=True))


def _traces(order: Order) -> list[RouteTrace]:
    rows = RouteTrace.objects.filter(order_id=order.pk).select_related("rule__rule_set")
    return list(rows.order_by("pk"))


def _sentence(row: RouteTrace, *, seen: bool) -> str:
    head = gettext("Rule “%(name)s” (version %(version)s)") % {
        "name": row.rule.name,
        "version": row.rule.rule_set.number,
    }
    parts = [head, matched_line(row.matched, seen=seen)]
    if row.given:
        parts[1] = f"{parts[1]} → {row.given}".strip()
    if row.fallback:
        parts.append(str(Fallback(row.fallback).label))
    return " · ".join(filter(None, parts))
