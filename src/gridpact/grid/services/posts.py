"""Appointing people to posts, one by one or from a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gridpact.accounts.models import User
from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport, Row, load_rows
from gridpact.grid.choices import Level
from gridpact.grid.models import Appointment, Cell, PostKind


@transaction.atomic
def appoint(
    user: User,
    kind: PostKind,
    cell: Cell,
    starts: date | None = None,
    ends: date | None = None,
    *,
    acting_for: Appointment | None = None,
    actor: Actor,
) -> Appointment:
    """Give `user` the post `kind` on `cell` from `starts` (today) to `ends` (last day, or open).

    One head per cell and day unless acting: a deputy holds the same post beside the head, on given
    days within the head's term. Raises `Refused`: wrong_level, appointment_backwards,
    appointment_overlaps, acting_elsewhere, acting_without_end.
    """
    Cell.objects.select_for_update().get(pk=cell.pk)
    require(actor, "grid.appoint", cell)
    require(actor, "grid.give_post", Appointment(user=user, kind=kind, cell=cell))
    since = starts or clock.today()
    if cell.level != kind.level:
        level = Level(kind.level).label
        raise Refused("wrong_level", 422, kind=kind.name, level=level, cell=cell.name)
    if ends is not None and ends < since:
        raise Refused("appointment_backwards", 422)
    row = Appointment(
        user=user, kind=kind, cell=cell, starts=since, ends=ends, acting_for=acting_for
    )
    if acting_for is not None:
        _check_deputy(row, acting_for)
    if is_taken(row):
        raise Refused("appointment_overlaps", 409, cell=cell.name, kind=kind.name)
    row.save(force_insert=True)
    audit.record(
        actor, "grid.appoint", row, after=audit.fingerprint(user.pk, kind.code, since, ends)
    )
    return row


def _check_deputy(row: Appointment, holder: Appointment) -> None:
    """A deputy stands in for the same post of the same cell, and for some days only."""
    if (holder.cell_id, holder.kind_id, holder.acting_for_id) != (row.cell_id, row.kind_id, None):
        raise Refused("acting_elsewhere", 422, kind=holder.kind.name, cell=holder.cell.name)
    if holder.user_id == row.user_id:
        raise Refused("acting_for_oneself", 422)
    if row.ends is None:
        raise Refused("acting_without_end", 422)


def is_taken(post: Appointment) -> bool:
    """Do these days meet another term: a head's by anyone, any other post by the same person."""
    rows = Appointment.objects.filter(cell=post.cell, kind=post.kind).exclude(pk=post.pk)
    rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=post.starts))
    if post.ends is not None:
        rows = rows.filter(starts__lte=post.ends)
    if post.acting_for_id is not None or not post.kind.is_head:
        rows = rows.filter(user=post.user)
    else:
        rows = rows.filter(acting_for__isnull=True)
    return rows.exists()


@transaction.atomic
def load_posts(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Appoint from a table: `username`, `name`, `kind`, `cell`, `starts`, `ends` (yyyy-mm-dd).

    A username that is not known yet becomes an account without a password when `name` is given.
    One rejected row and nothing is saved; a term that stands already is unchanged.
    """
    require(actor, "grid.load")
    kinds = {kind.code: kind for kind in PostKind.objects.all()}
    return load_rows(table, lambda row: _load_post(row, kinds, actor), dry_run=dry_run)


def _load_post(row: dict[str, str], kinds: dict[str, PostKind], actor: Actor) -> bool:
    kind = kinds.get(row.get("kind", ""))
    if kind is None:
        raise _bad(
            "kind", _("unknown; expected one of %(allowed)s") % {"allowed": ", ".join(kinds)}
        )
    cell = Cell.objects.open().filter(code=row.get("cell", "")).first()
    if cell is None:
        raise Refused("cell_unknown", 422, code=row.get("cell", "")[:20])
    starts = read_day(row.get("starts", ""), "starts") or clock.today()
    ends = read_day(row.get("ends", ""), "ends")
    user = known_user(row.get("username", ""), row.get("name", ""), actor=actor)
    same = Appointment.objects.filter(user=user, kind=kind, cell=cell, ends=ends)
    if row.get("starts"):
        same = same.filter(starts=starts)
    if same.exists():
        return False
    appoint(user, kind, cell, starts, ends, actor=actor)
    return True


def known_user(username: str, name: str, *, actor: Actor) -> User:
    """The account `username`; a new one without a password when a name is given with it."""
    user = User.objects.filter(username=username).first()
    if user is not None:
        return user
    if not username or len(username) > 150 or not name or len(name) > 50:
        raise _bad("username", _("no such account, and no name to open one"))
    try:
        User.username_validator(username)  # it stands in the address of its page
    except ValidationError as error:
        raise _bad("username", _("only letters, digits and @ . + - _")) from error
    user = User(username=username, name=name)
    user.set_unusable_password()
    user.save()
    audit.record(actor, "accounts.open", user, label=username)
    return user


def read_day(text: str, field: str) -> date | None:
    """A day as yyyy-mm-dd, or None for an empty cell."""
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise _bad(
            field, _("“%(given)s” is not a day like 2026-01-31") % {"given": text[:20]}
        ) from error


def _bad(field: str, why: str) -> Refused:
    return Refused("bad_input", 422, field=field, why=why)
