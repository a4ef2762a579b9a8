"""What the rules suggest at the triage desk: the receiver for each class they know of."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gridpact.core.access import Actor
from gridpact.grid.tree import tree
from gridpact.orders.choices import Klass, PhotoRole
from gridpact.orders.hooks.hints import Hint
from gridpact.orders.models import Order
from gridpact.routing.choices import Fallback, Stage
from gridpact.routing.matcher import Ready
from gridpact.routing.router import matched
from gridpact.routing.selectors.live import category_codes, live, triaged_facts
from gridpact.routing.selectors.receivers import Receivers
from gridpact.routing.wording import matched_line


def receiver_hints(actor: Actor, order: Order) -> list[Hint]:
    """One hint a rule that would name a receiver: for the order's class, else for each class."""
    rules = live()
    cell = tree().by_id.get(order.cell_id)
    if rules is None or cell is None or not rules.books[Stage.DISPATCH].rules:
        return []
    photos = rules.needs_photos and order.photos.filter(role=PhotoRole.REPORT).exists()
    facts = triaged_facts(order, category_codes() if rules.needs_categories else {}, photos=photos)
    found: list[tuple[str, Ready, str]] = []
    for klass in [order.klass] if order.klass else Klass.values:
        facts.klass = klass
        rule = rules.books[Stage.DISPATCH].first(facts)
        if rule is not None:
            found.append((klass, rule, matched_line(matched(rule, facts), seen=True)))
    targets = [rule.target for _klass, rule, _why in found]
    receivers = Receivers.read(targets, tree(), order.cell.path_ids)
    hints = []
    for klass, rule, why in found:
        receiver = receivers.of(rule.target, cell)
        if receiver.to:
            words = {"klass": Klass(klass).label, "receiver": receiver.label}
            title = _("As a %(klass)s it goes to %(receiver)s") % words
            evidence = [_("Rule “%(name)s”: %(why)s") % {"name": rule.name, "why": why}]
            if receiver.fallback:
                evidence.append(str(Fallback(receiver.fallback).label))
            hints.append(Hint(title, evidence, klass=klass, to=receiver.to))
    return hints
