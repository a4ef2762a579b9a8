"""What the address of an order list asks for; the page, its bulk moves and its export share it."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.core.access import Actor, Refused
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.orders.choices import ENDED, OPEN
from gridpact.orders.forms import ListFilter
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.selectors.queues import EVERYTHING, TABS, queues_of, rows_of, standing_cell
from gridpact.ui import parts


class ListQuery:
    """What a list address asks for: the queue, the filter, and where the reader stands."""

    def __init__(self, actor: Actor, query: QueryDict) -> None:
        self.actor = actor
        self.form = ListFilter(query)
        self.form.is_valid()
        data: dict[str, Any] = self.form.cleaned_data
        names = [each.name for each in queues_of(actor, TABS)]
        wanted = query.get("queue", "")
        fallback = EVERYTHING if data.get("state") in ENDED or data.get("q") else names[0]
        self.queue = wanted if wanted in names else fallback if fallback in names else names[0]
        self.standing = standing_cell(actor)
        self.cell: Cell | None = data.get("cell") or self.standing

    def rows(self) -> OrderQuerySet:
        """The orders of the list, not yet ordered."""
        queue = self.queue
        if queue == "cell" and self.form.cleaned_data.get("state") in OPEN:
            # One open state says more than "any open state": said once, it walks one index.
            queue = EVERYTHING
        return self.form.apply(rows_of(self.actor, queue, self.cell), self.actor)

    def checked(self) -> ListQuery:
        """Itself, if every filter was understood: what leaves the screen must not be more.

        The page may say what is wrong and show the list; a file or a move on the whole list may
        not. Raises `Refused` 422 naming the fields.
        """
        if self.form.errors:
            names = [str(self.form.fields[name].label) for name in self.form.errors]
            raise Refused(
                "filter_wrong", 422, field=next(iter(self.form.errors)), names=", ".join(names)
            )
        return self

    def ordering(self) -> tuple[str, ...]:
        """Most urgent first; newest first where ended orders are among them."""
        chosen = self.form.cleaned_data.get("sort")
        if self.queue == EVERYTHING and not chosen and not self.form.by_words:
            return ("-created_at", "-id")
        return self.form.ordering()

    @property
    def is_narrowed(self) -> bool:
        """Some filter is in force, so that an empty list may be the filter's doing."""
        data = self.form.cleaned_data
        return any(value for key, value in data.items() if key not in {"sort", "queue"})

    @property
    def below(self) -> str:
        """The level whose names need not be repeated in every row."""
        return self.cell.level if self.cell is not None else Level.DISTRICT

    def tabs(self) -> list[parts.Tab]:
        """The saved views of this person."""
        base = reverse("orders:list")
        return [
            parts.Tab(each.label, f"{base}?queue={each.name}", active=each.name == self.queue)
            for each in queues_of(self.actor, TABS)
        ]

    def in_words(self) -> str:
        """The list as a person would name it: place, queue, filters."""
        known = {each.name: each.label for each in queues_of(self.actor, TABS)}
        said = [self.cell.name] if self.cell is not None else []
        said.append(str(known[self.queue]))
        for name, value in self.form.cleaned_data.items():
            if value and name not in {"sort", "queue", "cell"}:
                field: Any = self.form.fields[name]
                shown = dict(getattr(field, "choices", ())).get(value, value)
                said.append(f"{field.label} {_('yes') if shown is True else shown}")
        return " · ".join(said)
