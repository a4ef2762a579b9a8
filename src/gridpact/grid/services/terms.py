"""Keeping cells and terms: a cell's name and doors, an appointment's days, its end."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.grid.models import Absence, Appointment, Cell
from gridpact.grid.services.handover import hand_over
from gridpact.grid.services.posts import is_taken
from gridpact.grid.services.versions import bump_tree, renew_versions


@transaction.atomic
def edit_cell(cell: Cell, name: str, doors: int, *, actor: Actor) -> Cell:
    """Give an open cell another name or number of declared doors. The same values change nothing.

    Raises `Refused`: not_found (closed meanwhile), forbidden.
    """
    row = Cell.objects.select_for_update().open().filter(pk=cell.pk).first()
    if row is None:
        raise Refused("not_found", 404)
    require(actor, "grid.edit_cell", row)
    before = audit.fingerprint(row.name, row.doors)
    after = audit.fingerprint(name, doors)
    if before == after:
        return row
    if row.name != name:  # only names stand in the snapshot of the tree
        bump_tree()
    row.name, row.doors = name, doors
    row.save(update_fields=["name", "doors"])
    renew_versions([row], clock.today())
    audit.record(actor, "grid.edit_cell", row, before=before, after=after)
    return row


@transaction.atomic
def change_term(post: Appointment, starts: date, ends: date | None, *, actor: Actor) -> Appointment:
    """Correct the first and last day of a term; person, post and cell stay.

    Raises `Refused`: appointment_backwards, appointment_overlaps, forbidden.
    """
    row = _locked(post)
    require(actor, "grid.change_term", row)
    return _set_days(row, starts, ends, actor=actor, verb="grid.change_term")


@transaction.atomic
def end_term(post: Appointment, last_day: date, why: str = "", *, actor: Actor) -> Appointment:
    """End a term; `last_day` is the last day in office. It may be brought forward, not put off.

    Open work is handed over at once when the day has passed, else on the morning after it.

    Raises `Refused`: appointment_ended, appointment_backwards, forbidden.
    """
    row = _locked(post)
    require(actor, "grid.end_term", row)
    if row.ends is not None and row.ends <= last_day:
        raise Refused("appointment_ended", 409, day=row.ends.isoformat())
    return _set_days(row, row.starts, last_day, actor=actor, verb="grid.end_term", why=why)


def _locked(post: Appointment) -> Appointment:
    """The row under the lock of its cell, as `appoint` takes it: changes of one post queue up."""
    Cell.objects.select_for_update().get(pk=post.cell_id)
    return Appointment.objects.select_related("kind", "cell", "user").get(pk=post.pk)


@transaction.atomic
def report_absence(
    post: Appointment, first_day: date, last_day: date, why: str = "", *, actor: Actor
) -> Absence:
    """Note that the holder is away; where they head a cell, a deputy should act on these days.

    Raises `Refused`: forbidden, absence_backwards, absence_out_of_term, absence_noted (overlaps).
    """
    row = _locked(post)
    require(actor, "grid.report_absence", row)
    if last_day < first_day:
        raise Refused("absence_backwards", 422)
    if first_day < row.starts or (row.ends is not None and last_day > row.ends):
        raise Refused("absence_out_of_term", 422)
    if row.absences.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        raise Refused("absence_noted", 409)
    away = Absence.objects.create(post=row, first_day=first_day, last_day=last_day, why=why[:200])
    after = audit.fingerprint(first_day, last_day)
    audit.record(actor, "grid.report_absence", row, after=after, why=why)
    return away


@transaction.atomic
def show_phone(post: Appointment, *, shown: bool, actor: Actor) -> Appointment:
    """Let the holder's phone stand on the public sign, or take it off. The holder decides."""
    row = _locked(post)
    require(actor, "grid.show_phone", row)
    if row.public_phone != shown:
        row.public_phone = shown
        row.save(update_fields=["public_phone"])
        audit.record(actor, "grid.show_phone", row, after=audit.fingerprint(shown))
    return row


def _set_days(
    row: Appointment, starts: date, ends: date | None, *, actor: Actor, verb: str, why: str = ""
) -> Appointment:
    if ends is not None and ends < starts:
        raise Refused("appointment_backwards", 422)
    if (row.starts, row.ends) == (starts, ends):
        return row
    before = audit.fingerprint(row.starts, row.ends)
    row.starts, row.ends = starts, ends
    if is_taken(row):
        raise Refused("appointment_overlaps", 409, cell=row.cell.name, kind=row.kind.name)
    over = ends is not None and ends < clock.today()
    if not over:  # a term that runs again may end again
        row.handed_over_at = None
    row.save(update_fields=["starts", "ends", "handed_over_at"])
    audit.record(actor, verb, row, before=before, after=audit.fingerprint(starts, ends), why=why)
    if over and row.handed_over_at is None:
        hand_over(row, actor=actor)
    return row
