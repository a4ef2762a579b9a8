"""Similar solved orders as lines: what, who, how long, how rated, and the way to their answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridpact.core.masking import mask_text
from gridpact.orders.models import Order
from gridpact.orders.search.similar import Similar


@dataclass(frozen=True, slots=True)
class SimilarRow:
    """One line; `draft_href` opens the finish form with the answer filled in, unsent."""

    number: str
    href: str
    title: str
    facts: list[str]
    answer: str
    draft_href: str


def similar_rows(found: Iterable[Similar], order: Order, *, may_finish: bool) -> list[SimilarRow]:
    """Lines beside `order`; only who may finish it now is offered the answers as drafts."""
    finish = reverse("orders:move", args=(order.number, "finish"))
    return [
        SimilarRow(
            number=each.order.number,
            href=reverse("orders:detail", args=(each.order.number,)),
            title=mask_text(each.order.title),
            facts=facts_of(each),
            answer=each.answer,
            draft_href=f"{finish}?from={each.order.number}" if may_finish else "",
        )
        for each in found
    ]


def facts_of(each: Similar) -> list[str]:
    """Class, category, who solved it, how long it took, the resident's word, whether it is near."""
    order = each.order
    facts = [
        order.get_klass_display(),
        order.category.name if order.category is not None else "",
        each.solved_by,
        _("solved in %(span)s") % {"span": span_words(each.took)} if each.took else "",
        order.get_satisfaction_display(),
        _("nearby") if each.is_near else "",
    ]
    return [str(fact) for fact in facts if fact]


def span_words(span: timedelta) -> str:
    """Whole days, or hours below one day (at least one)."""
    if span.days:
        return ngettext("%(n)d day", "%(n)d days", span.days) % {"n": span.days}
    hours = max(round(span.total_seconds() / 3600), 1)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
