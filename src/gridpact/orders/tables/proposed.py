"""What one key takes over at the triage desk, in words and as fields of the form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gridpact.orders.choices import Klass, Way
from gridpact.orders.forms.desk import DecideForm
from gridpact.orders.hooks.hints import Hint, proposal
from gridpact.orders.models import Order
from gridpact.orders.services.desk.decide import ways_for
from gridpact.orders.tables.desk import share_words, take_href

TAKEN = ("klass", "category", "to", "way")  # fields that the address of the desk may fill
_RECEIVING = {Way.DISPATCH, Way.GUIDE}


@dataclass(frozen=True, slots=True)
class Proposed:
    """Words, how sure, the values, and the address that fills them in without script.

    `receiver` is empty where the class's usual way needs none.
    """

    what: str
    receiver: str
    share: str
    klass: str
    category: str
    to: str
    take_href: str


def proposed(form: DecideForm, hints: Sequence[Hint], order: Order, query: str) -> Proposed | None:
    """The suggestion beside the decision; only values that the form offers."""
    found = proposal(hints, order.klass)
    if found is None:
        return None
    categories, receivers = _labels(form, "category"), _labels(form, "to")
    category = found.category if found.category in categories else ""
    to = found.to if found.to in receivers else ""
    usual = next(iter(ways_for(found.klass)), None)
    named = [Klass(found.klass).label if found.klass else "", categories.get(category, "")]
    values = {"klass": found.klass, "category": category, "to": to}
    if not any(values.values()):
        return None
    return Proposed(
        what=" · ".join(str(each) for each in named if each),
        receiver=receivers.get(to, "") if usual is None or usual in _RECEIVING else "",
        share=share_words(found.confidence),
        **values,
        take_href=take_href(order, query, {**values, "way": usual.value if usual else ""}),
    )


def _labels(form: DecideForm, name: str) -> dict[str, str]:
    """Values and words of a choice field with groups."""
    return dict(_flat(form.fields[name].choices))  # type: ignore[attr-defined]  # fields are typed by their base


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        elif key:
            yield str(key), str(label)
