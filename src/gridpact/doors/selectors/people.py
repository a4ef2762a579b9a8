"""Whom of a cell the names of a chain mean; sources are listed in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from gridpact.grid.models import Appointment
from gridpact.grid.tree import CellRef
from gridpact.orgs.models import OrgMember

Source = Callable[[CellRef, Collection[str]], list[tuple[str, str]]]


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.CHAIN_PEOPLE)
    return tuple(import_string(path) for path in paths)


def known_people(cell: CellRef, names: Collection[str]) -> dict[str, str]:
    """{name: who that is} for names that mean exactly one person of the cell."""
    found: dict[str, set[str]] = {}
    for source in _sources():
        for name, label in source(cell, names):
            found.setdefault(name, set()).add(label)
    return {name: labels.pop() for name, labels in found.items() if len(labels) == 1}


def officers_of_cell(cell: CellRef, names: Collection[str]) -> list[tuple[str, str]]:
    """Those who hold a post in the cell or below it, or belong to a unit there."""
    posts = (
        Appointment.objects.in_term()
        .filter(cell__path__startswith=cell.path, user__is_active=True, user__name__in=names)
        .values_list("user__name", "cell__name", "kind__name")
    )
    members = OrgMember.objects.in_term().filter(
        org__cell__path__startswith=cell.path, user__is_active=True, user__name__in=names
    )
    return [
        *((name, f"{place} {kind}") for name, place, kind in posts),
        *members.values_list("user__name", "org__name"),
    ]
