"""The one filter set of order lists, shared by pages, API and export."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import crypto
from gridpact.core.access import Actor
from gridpact.grid.models import Cell, under_q
from gridpact.orders.choices import Kind, Klass, Light, State
from gridpact.orders.models import Category
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.search.finding import find_hits, in_place, readable_q

ORDERINGS = {
    "due": ("due_at", "id"), "newest": ("-created_at", "-id"), "best": ("place", "id"),
}  # fmt: skip
OPEN_STATE = "OPEN"
LIGHTS = ("warned", "yellow", "red")  # each with what is graver


class OrderFilter(forms.Form):
    """state, class, kind, cell (code), category (code), q, light, overdue, sort; all optional."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), (OPEN_STATE, _("open")), *State.choices],
    )  # fmt: skip
    klass = forms.ChoiceField(
        label=_("Class"), required=False, choices=[("", _("all")), *Klass.choices]
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *Kind.choices]
    )
    category = forms.ModelChoiceField(
        label=_("Category"), required=False, queryset=Category.objects.all(),
        to_field_name="code", empty_label=_("all"),
    )  # fmt: skip
    cell = forms.ModelChoiceField(
        label=_("Cell"), required=False, queryset=Cell.objects.open(), to_field_name="code",
        widget=forms.HiddenInput,
    )  # fmt: skip
    light = forms.ChoiceField(
        label=_("Clock"), required=False,
        choices=[("", _("all")), *((name, Light[name.upper()].label) for name in LIGHTS)],
    )  # fmt: skip
    overdue = forms.BooleanField(label=_("overdue only"), required=False)
    q = forms.CharField(
        label=_("Number, phone or words"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    sort = forms.ChoiceField(
        label=_("Sort"), required=False,
        choices=[
            ("due", _("most urgent first")), ("newest", _("newest first")),
            ("best", _("best match first")),
        ],
    )  # fmt: skip

    @property
    def by_words(self) -> bool:
        """Words are looked for, so that rows have a place among the hits."""
        return bool(self.cleaned_data.get("q")) and not is_key(self.cleaned_data["q"])

    def ordering(self) -> tuple[str, ...]:
        """The keyset order of the list; what was looked for by words comes best first."""
        sort = self.cleaned_data.get("sort") or ("best" if self.by_words else "due")
        if sort == "best" and not self.by_words:
            sort = "newest"
        return ORDERINGS[sort]

    def by_matter(self, rows: OrderQuerySet) -> OrderQuerySet:
        """Narrow by class, kind and category, which a past day does not have of its own."""
        data: dict[str, Any] = self.cleaned_data
        if data.get("klass"):
            rows = rows.filter(klass=data["klass"])
        if data.get("kind"):
            rows = rows.filter(kind=data["kind"])
        if data.get("category"):
            chosen = data["category"]
            rows = rows.filter(Q(category=chosen) | Q(category__parent=chosen))
        return rows

    def apply(self, rows: OrderQuerySet, actor: Actor) -> OrderQuerySet:
        """Narrow `rows` by the cleaned fields."""
        data: dict[str, Any] = self.cleaned_data
        if data.get("state") == OPEN_STATE:
            rows = rows.open()
        elif data.get("state"):
            rows = rows.filter(state=data["state"])
        rows = self.by_matter(rows)
        if data.get("cell"):
            rows = rows.under(data["cell"])
        if data.get("light"):
            rows = rows.open().filter(light__gte=Light[data["light"].upper()])
        if data.get("overdue"):
            rows = rows.overdue()
        return search(rows, data.get("q") or "", actor, cell=data.get("cell"))


_NUMBER = re.compile(r"[A-Za-z]{1,4}\d{6,}")
_PHONE = re.compile(r"1[3-9]\d{9}")


def is_key(query: str) -> bool:
    """A number or a phone: found exactly, not by words."""
    return bool(_NUMBER.fullmatch(query.strip()) or _PHONE.fullmatch(query.strip()))


def search(
    rows: OrderQuerySet, query: str, actor: Actor, *, cell: Cell | None = None, few: bool = False
) -> OrderQuerySet:
    """By number, by phone (keyed digest), else by words; then each row has its `place`.

    `rows` are in sight already. A phone finds only what the actor reads in full: elsewhere the
    masks hide whose it is. See `finding.find_hits` for the rest.
    """
    query = query.strip().replace("\x00", "")
    if not query:
        return rows
    if _NUMBER.fullmatch(query):
        return rows.filter(number__startswith=query.upper())
    if _PHONE.fullmatch(query):
        mine = rows.filter(readable_q(actor))
        return mine.filter(reporter_phone_digest=crypto.digest("phone", query))
    return in_place(rows, find_hits(rows, query, actor, cell=cell, few=few).ids)


def scope_of(actor: Actor, cell: Cell | None) -> Q:
    """The quickest sight for a list: one territory within the actor's, else all that is seen.

    With `cell` inside a post's subtree the condition is a single indexed column; anything else
    falls back to `visible_to`, which also covers what the actor handles elsewhere.
    """
    roots = actor.grants_for("orders.read")
    if cell is not None and any(cell.is_under(grant.cell_id) for grant in roots):
        return under_q(cell.level, cell.pk)
    return OrderQuerySet.sight(actor)
