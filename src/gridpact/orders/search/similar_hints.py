"""What similar solved orders say at the triage desk: beside a suggestion, or by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.core.masking import mask_text
from gridpact.orders.hooks.hints import Case, Hint
from gridpact.orders.models import Order
from gridpact.orders.search.similar import Similar
from gridpact.orders.tables.similar import facts_of

READ = 8  # similar orders that are looked at
MOST = 3  # of them stand beside one suggestion


def speaking(found: Sequence[Similar], fits: Callable[[Order], bool]) -> list[Similar]:
    """Up to three of the similar orders that speak for a suggestion, the most alike first."""
    return [each for each in found if fits(each.order)][:MOST]


def cases(found: Sequence[Similar]) -> list[Case]:
    """Number, title without private parts, what became of it; each leads to its order."""
    return [
        Case(
            " · ".join([each.order.number, mask_text(each.order.title), *facts_of(each)]),
            reverse("orders:detail", args=(each.order.number,)),
        )
        for each in found
    ]


def similar_hint(found: Sequence[Similar]) -> list[Hint]:
    """One hint that names up to three similar orders; it fills nothing in by itself."""
    if not found:
        return []
    first = found[0].order
    return [
        Hint(
            _("Solved before: similar orders"),
            klass=first.klass,
            category=first.category.code if first.category is not None else "",
            preselect=(),
            cases=cases(found[:MOST]),
        )
    ]
