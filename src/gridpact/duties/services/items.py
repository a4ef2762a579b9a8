"""Keeping the work items and the duties of a grid worker, by hand or from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport, Row, load_rows
from gridpact.duties.choices import Cadence, Category
from gridpact.duties.models import Assignment, Duty, WorkItem
from gridpact.grid.choices import Level
from gridpact.grid.models import PostKind

_FACTS = (
    "code", "name", "category", "levels", "cadence", "guidance", "required", "lead_kinds",
    "assist_kinds", "supervise_kinds", "is_active", "sort",
)  # fmt: skip
_LISTS = {"lead": "lead_kinds", "assist": "assist_kinds", "supervise": "supervise_kinds"}
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SPLIT = re.compile(r"[,;，；、\s]+")
_YES = {"1", "true", "yes", "y", "是", "√"}
_NO = {"0", "false", "no", "n", "否", "×"}


@transaction.atomic
def save_work_item(item: WorkItem, *, actor: Actor) -> WorkItem:
    """Keep `item` as it is given: a new one, or changed facts of a standing one (by pk).

    The same facts change nothing. Raises `Refused`: forbidden, item_code_taken, item_level_used
    (a level is taken away while cells of it have assignments).
    """
    require(actor, "duties.keep")
    stored = WorkItem.objects.select_for_update().filter(pk=item.pk).first()
    if stored is not None and _facts(stored) == _facts(item):
        return stored
    if WorkItem.objects.filter(code=item.code).exclude(pk=item.pk).exists():
        raise Refused("item_code_taken", 409, code=item.code)
    gone = set(stored.levels) - set(item.levels) if stored is not None else set()
    used = Assignment.objects.on().filter(item_id=item.pk, cell__level__in=gone)
    level = used.values_list("cell__level", flat=True).first() if gone else None
    if level is not None:
        raise Refused("item_level_used", 409, item=item.name, level=Level(level).label)
    item.save()
    was = _facts(stored) if stored is not None else None
    audit.record_saved(actor, "duties.save_item", item, was, _facts(item))
    return item


def _facts(item: WorkItem) -> tuple[object, ...]:
    return tuple(getattr(item, name) for name in _FACTS)


@transaction.atomic
def save_duty(duty: Duty, *, actor: Actor) -> Duty:
    """Keep one of the duties of a grid worker. Raises `Refused`: forbidden, duty_code_taken."""
    require(actor, "duties.keep")
    stored = Duty.objects.select_for_update().filter(pk=duty.pk).first()
    after = audit.fingerprint(duty.code, duty.name, duty.text, duty.sort, duty.is_active)
    before = ""
    if stored is not None:
        before = audit.fingerprint(
            stored.code, stored.name, stored.text, stored.sort, stored.is_active
        )
    if before == after:
        return duty
    if Duty.objects.filter(code=duty.code).exclude(pk=duty.pk).exists():
        raise Refused("duty_code_taken", 409, code=duty.code)
    duty.save()
    audit.record(actor, "duties.save_duty", duty, before=before, after=after)
    return duty


@transaction.atomic
def load_work_items(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update work items by code from rows of text; lists are separated by commas.

    Columns: code, name, category, levels, cadence, guidance, required, lead, assist, supervise,
    active, sort.     One rejected row and nothing is saved; the same file again changes nothing.
    """
    require(actor, "duties.keep")
    kinds = set(PostKind.objects.values_list("code", flat=True))
    return load_rows(table, lambda row: _load_row(row, kinds, actor), dry_run=dry_run)


def _load_row(row: dict[str, str], kinds: set[str], actor: Actor) -> bool:
    code = row.get("code", "")
    if not _CODE.fullmatch(code):
        raise _bad("code", _("Latin letters, digits, - and _; at most 40"))
    item = WorkItem.objects.filter(code=code).first() or WorkItem(code=code)
    before = _facts(item) if item.pk else None
    item.name = row.get("name", "")
    if not 0 < len(item.name) <= 40:
        raise _bad("name", _("from 1 to 40 characters"))
    item.category = _one(row.get("category", ""), Category.values, "category")
    if row.get("cadence"):
        item.cadence = _one(row["cadence"], Cadence.values, "cadence")
    item.levels = _many(row.get("levels", ""), Level.values, "levels")
    if not item.levels:
        raise _bad("levels", _("required"))
    for column, field in _LISTS.items():
        if column in row:
            setattr(item, field, _many(row[column], sorted(kinds), column))
    item.guidance = row.get("guidance", item.guidance)
    item.required = _flag(row.get("required", ""), "required", default=item.required)
    item.is_active = _flag(row.get("active", ""), "active", default=item.is_active)
    if row.get("sort"):
        if not (row["sort"].isdecimal() and int(row["sort"]) < 30_000):
            raise _bad("sort", _("a whole number"))
        item.sort = int(row["sort"])
    if before == _facts(item):
        return False
    save_work_item(item, actor=actor)
    return True


def _one(given: str, allowed: list[str], field: str) -> str:
    if given.upper() not in allowed:
        raise _bad(
            field, _("unknown; expected one of %(allowed)s") % {"allowed": ", ".join(allowed)}
        )
    return given.upper()


def _many(given: str, allowed: list[str], field: str) -> list[str]:
    """Codes as the allowed list writes them, in the order of the file, each once."""
    known = {code.upper(): code for code in allowed}
    parts = [part for part in _SPLIT.split(given) if part]
    for part in parts:
        if part.upper() not in known:
            raise _bad(
                field, _("unknown; expected one of %(allowed)s") % {"allowed": ", ".join(allowed)}
            )
    return list(dict.fromkeys(known[part.upper()] for part in parts))


def _flag(given: str, field: str, *, default: bool) -> bool:
    word = given.casefold()
    if not word:
        return default
    if word not in _YES | _NO:
        raise _bad(field, _("yes / no"))
    return word in _YES


def _bad(field: str, why: str) -> Refused:
    return Refused("bad_input", 422, field=field, why=why)
