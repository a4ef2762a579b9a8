"""What was learnt, as hints beside the decision at the triage desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from gridpact.core.access import Actor
from gridpact.grid.tree import tree
from gridpact.learning.choices import Field
from gridpact.learning.models import Suggestion, Switch
from gridpact.learning.selectors.examples import handler_value
from gridpact.learning.wording import Names, percent, quoted
from gridpact.orders.hooks.hints import Hint
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.orders.search.similar import similar_to
from gridpact.orders.search.similar_hints import READ, cases, similar_hint, speaking
from gridpact.orders.selectors import receivers
from gridpact.routing.rule import Target
from gridpact.routing.selectors.receivers import Receivers

Told = Mapping[str, Suggestion]


def learnt_hints(actor: Actor, order: Order) -> list[Hint]:
    """Class with category, and handler, each with similar orders that speak for it.

    What is similar and speaks for neither stands by itself. Nothing for those who may not read
    the text; of the similar orders only those in the reader's sight.
    """
    if not sees_text(actor, order):
        return []
    alike = similar_to(order, actor, READ)
    told, switches = _told(order)
    names = Names.read(row.value for row in told.values())
    for_matter = speaking(alike, lambda other: _is_of_matter(other, told))
    for_handler = speaking(alike, lambda other: _was_solved_by(other, told))
    hints = [
        replace(hint, cases=cases(found))
        for hint, found in (
            (_matter(told, switches, names), for_matter),
            (_handler(order, told, switches), for_handler),
        )
        if hint is not None
    ]
    shown = {case.href for hint in hints for case in hint.cases}
    rest = [each for each, case in zip(alike, cases(alike), strict=True) if case.href not in shown]
    return [*hints, *similar_hint(rest)]


def _told(order: Order) -> tuple[Told, Mapping[str, Switch]]:
    """What is suggested for an order, without fields that are switched off; the switches."""
    rows = {row.field: row for row in Suggestion.objects.filter(order=order).exclude(value="")}
    switches = {row.field: row for row in Switch.objects.all()} if rows else {}
    return {field: row for field, row in rows.items() if _is_on(switches, field)}, switches


def _is_of_matter(other: Order, told: Told) -> bool:
    """It was classed as suggested, and is of the suggested category where one is."""
    klass, category = told.get(Field.KLASS), told.get(Field.CATEGORY)
    code = other.category.code if other.category is not None else ""
    wanted = [(klass, other.klass), (category, code)]
    given = [(row, had) for row, had in wanted if row is not None]
    return bool(given) and all(row.value == had for row, had in given)


def _was_solved_by(other: Order, told: Told) -> bool:
    """Who is suggested solved it."""
    row, post = told.get(Field.HANDLER), other.handler_post
    org = other.handler_org.code if other.handler_org is not None else None
    had = handler_value(org, post.kind.code if post is not None else None)
    return row is not None and row.value == had


def _is_on(switches: Mapping[str, Switch], field: str) -> bool:
    return field not in switches or switches[field].is_on


def _matter(told: Told, switches: Mapping[str, Switch], names: Names) -> Hint | None:
    klass, category = told.get(Field.KLASS), told.get(Field.CATEGORY)
    area = told.get(Field.AREA)
    shown = [row for row in (klass, category or area) if row is not None]
    if not shown:
        return None
    title = _("Looks like: %(what)s") % {
        "what": " · ".join(names.of(row.field, row.value) for row in shown)
    }
    fills = [
        name
        for name, row in (("klass", klass), ("category", category))
        if row is not None and _is_sure(row, switches)
    ]
    return Hint(
        title,
        [_line(row, names) for row in shown],
        klass=klass.value if klass else "",
        category=category.value if category else "",
        confidence=shown[0].confidence,
        preselect=fills,
    )


def _line(row: Suggestion, names: Names) -> str:
    """Field, how sure, the words, and what else it could be."""
    facts = {"field": row.get_field_display(), "words": quoted(row.evidence)}
    if row.learnt_id is None:
        return _("%(field)s: its name stands in the text: %(words)s") % facts
    facts["share"] = percent(row.confidence)
    line = _("%(field)s %(share)s: %(words)s") % facts
    others = [
        f"{names.of(row.field, value)} {percent(share)}"
        for value, share in row.others
        if share > 0.1
    ]
    return "; ".join([line, _("or %(others)s") % {"others": ", ".join(others)}]) if others else line


def _handler(order: Order, told: Told, switches: Mapping[str, Switch]) -> Hint | None:
    """The receiver that solves such matters here, if the desk could name it for this order."""
    row = told.get(Field.HANDLER)
    cell = tree().by_id.get(order.cell_id)
    if row is None or cell is None:
        return None
    target = target_of(row.value)
    receiver = Receivers.read([target], tree(), order.cell.path_ids).of(target, cell)
    if not receiver.to or not _can_receive(order, receiver.to):
        return None
    return Hint(
        _("Such matters were solved here by %(receiver)s") % {"receiver": receiver.label},
        [_("Learnt from orders of this kind and place")],
        to=receiver.to,
        confidence=row.confidence,
        preselect=["to"] if _is_sure(row, switches) else (),
    )


def _can_receive(order: Order, to: str) -> bool:
    found = receivers(order)
    orgs = {f"org:{org.pk}" for org in found.orgs}
    return to in orgs | {f"post:{post.pk}" for post in found.posts}


def target_of(value: str) -> Target:
    """A handler's value as a target of routing."""
    kind, _sign, code = value.partition(":")
    return Target(org=code) if kind == "org" else Target(post=code)


def _is_sure(row: Suggestion, switches: Mapping[str, Switch]) -> bool:
    """The district lets the form be filled from this confidence on."""
    switch = switches.get(row.field)
    least = switch.preselect if switch is not None else None
    return least is not None and row.confidence is not None and row.confidence >= least
