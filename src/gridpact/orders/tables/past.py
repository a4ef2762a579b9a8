"""Rows and facts of orders as they stood on a past day."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.core.masking import mask_text
from gridpact.grid.choices import Level
from gridpact.orders.choices import Kind, State, Step
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors.past import AsItWas, PastDay
from gridpact.orders.tables.detail import Fact
from gridpact.orders.tables.rows import building_of
from gridpact.ui import parts, times


def past_table(
    found: Sequence[AsItWas], past: PastDay, actor: Actor, below: str = Level.DISTRICT
) -> parts.Table:
    """The orders with state, cell and clock of the day; places are named from under `below`.

    What lay in the actor's cells then and is out of sight today is masked and opens no page.
    """
    columns = (
        parts.Column(_("What"), "main"),
        parts.Column(_("Number"), "code"),
        parts.Column(_("State")),
        parts.Column(_("Where")),
        parts.Column(_("In whose hands")),
        parts.Column(_("Due")),
    )
    kinds = {kind.value: str(kind.label) for kind in Kind}
    rows = []
    for was in found:
        order, seen = was.order, sees_text(actor, was.order)
        values = (
            order.title if seen else mask_text(order.title),
            f"{order.number} · {kinds[order.kind]}",
            _badge(was.state),
            _place(was, past, below, seen=seen),
            (was.owner if seen else "") or "–",
            _due(was, past),
        )
        shown = [parts.Cell(column, value) for column, value in zip(columns, values, strict=True)]
        if was.in_sight:
            shown[0] = parts.Cell(columns[0], values[0], past_href(order.number, past))
        rows.append(parts.Row(order.number, shown, _tone(was, past)))
    return parts.Table(columns, rows, _("Orders"))


def past_href(number: str, past: PastDay) -> str:
    """The order's page of the day."""
    return f"{reverse('orders:detail', args=(number,))}?as_of={past.day.isoformat()}"


def past_facts(was: AsItWas, past: PastDay, actor: Actor) -> list[Fact]:
    """State, cell, step, who answered and the limit, as they were."""
    seen = sees_text(actor, was.order)
    facts: list[Fact] = [
        (_("State"), State(was.state).label),
        (_("Cell"), _place(was, past, Level.DISTRICT, seen=seen)),
    ]
    if was.step is not None:
        facts.append((_("Step"), Step(was.step.step).label))
        facts.append((_("In whose hands"), was.owner if seen and was.owner else "–"))
        facts.append((_("Due"), _due(was, past)))
    return facts


def _badge(state: str) -> SafeString:
    label = State(state).label
    return format_html('<span class="gp-badge gp-state-{}">{}</span>', state.lower(), label)


def _place(was: AsItWas, past: PastDay, below: str, *, seen: bool) -> str:
    if was.ref is None:
        return "–"
    if seen:
        return past.tree.names(was.ref.id, below)
    return building_of(past.tree, was.ref.id, below)


def _due(was: AsItWas, past: PastDay) -> str:
    if was.step is None:
        return "–"
    due = times.exact(was.step.due_at)
    return gettext("%(due)s, overdue that day") % {"due": due} if is_late(was, past) else due


def is_late(was: AsItWas, past: PastDay) -> bool:
    """The running step was past its limit when the day ended."""
    return was.step is not None and was.step.due_at < past.end


def _tone(was: AsItWas, past: PastDay) -> parts.Tone:
    return "red" if is_late(was, past) else ""
