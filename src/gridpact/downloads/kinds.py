"""What can be exported: apps above declare it, `config/wiring.py` names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.core.access import Actor, Refused
from gridpact.ui.sheets import SheetColumn

Params = Mapping[str, Any]


@dataclass(frozen=True)
class ExportKind:
    """One kind of export. `rows` streams tuples in the order of `columns`, masked and in scope.

    `right` is needed to ask for it and is looked at again when the file is written; `count` is a
    quick upper bound or None; `scope` says in words what part of the list is meant.
    """

    key: str
    title: Promise
    right: str
    columns: tuple[SheetColumn, ...]
    rows: Callable[[Actor, Params], Iterator[Sequence[object]]]
    scope: Callable[[Actor, Params], str]
    count: Callable[[Actor, Params], int | None]


def export_kind(key: str) -> ExportKind:
    """The declared kind. Raises `Refused("unknown_export", 422)`."""
    kinds: Mapping[str, str] = import_string(settings.EXPORTS)
    if key not in kinds:
        raise Refused("unknown_export", 422, field="kind", given=key[:40])
    kind: ExportKind = import_string(kinds[key])
    return kind
