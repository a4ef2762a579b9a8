"""The verbs on organisations: keeping them and their members, loading both from files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.cn import uscc

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport, Row, load_rows
from gridpact.grid.models import Cell
from gridpact.grid.services.posts import known_user, read_day
from gridpact.orgs.choices import MemberRole, OrgKind
from gridpact.orgs.models import Org, OrgMember

_LENGTHS = {"code": 40, "name": 80, "uscc": 18, "contact": 50, "phone": 30}


def load_orgs(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update organisations by code: code, name, kind, uscc, cell, contact, phone.

    One rejected row and nothing is saved; the same file again changes nothing.
    """
    return _load(table, _load_org, actor=actor, dry_run=dry_run)


def load_members(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update members from a table: username, name, org (code), role, starts, ends.

    A username that is not known yet becomes an account without a password when `name` is given.
    """
    return _load(table, _load_member, actor=actor, dry_run=dry_run)


@transaction.atomic
def _load(
    table: Iterable[Row],
    load_row: Callable[[dict[str, str], Actor], bool],
    *,
    actor: Actor,
    dry_run: bool,
) -> LoadReport:
    require(actor, "orgs.load")
    return load_rows(table, lambda row: load_row(row, actor), dry_run=dry_run)


def _load_org(row: dict[str, str], actor: Actor) -> bool:
    for name, most in _LENGTHS.items():
        if len(row.get(name, "")) > most:
            raise _bad(name, _("longer than %(most)s characters") % {"most": most})
    for name in ("code", "name"):
        if not row[name]:
            raise _bad(name, _("required"))
    kind = _choice(OrgKind.values, row.get("kind", ""), "kind")
    values = {
        "name": row.get("name", ""), "kind": kind, "uscc": row.get("uscc", "").upper(),
        "cell_id": _cell_id(row.get("cell", "")), "contact": row.get("contact", ""),
        "phone": row.get("phone", ""),
    }  # fmt: skip
    org = Org.objects.select_for_update(of=("self",)).filter(code=row.get("code", "")).first()
    if org is not None and all(getattr(org, name) == value for name, value in values.items()):
        return False
    org = org or Org(code=row.get("code", ""))
    for name, value in values.items():
        setattr(org, name, value)
    org.save()
    audit.record(actor, "orgs.load", org, after=audit.fingerprint(*values.values()))
    return True


def _load_member(row: dict[str, str], actor: Actor) -> bool:
    org = Org.objects.filter(code=row.get("org", "")).first()
    if org is None:
        raise _bad(
            "org", _("no organisation has the code %(code)s") % {"code": row.get("org", "")[:40]}
        )
    role = _choice(MemberRole.values, row.get("role", ""), "role")
    starts = read_day(row.get("starts", ""), "starts")
    ends = read_day(row.get("ends", ""), "ends")
    user = known_user(row.get("username", ""), row.get("name", ""), actor=actor)
    member = OrgMember.objects.filter(user=user, org=org, role=role).first()
    since = starts or (member.starts if member else clock.today())
    if ends is not None and ends < since:
        raise Refused("appointment_backwards", 422)
    if member is not None and (member.starts, member.ends) == (since, ends):
        return False
    member = member or OrgMember(user=user, org=org, role=role)
    member.starts, member.ends = since, ends
    member.save()
    audit.record(actor, "orgs.load_member", member, after=audit.fingerprint(since, ends))
    return True


def _choice(allowed: list[str], given: str, field: str) -> str:
    if given.upper() not in allowed:
        raise _bad(
            field, _("unknown; expected one of %(allowed)s") % {"allowed": ", ".join(allowed)}
        )
    return given.upper()


def _cell_id(code: str) -> int | None:
    if not code:
        return None
    cell_id = Cell.objects.open().filter(code=code).values_list("pk", flat=True).first()
    if cell_id is None:
        raise Refused("cell_unknown", 422, code=code[:20])
    return cell_id


def _bad(field: str, why: str) -> Refused:
    return Refused("bad_input", 422, field=field, why=why)


@transaction.atomic
def save_org(org: Org, *, actor: Actor) -> Org:
    """Keep `org` as it is given: a new one, or the changed facts of a standing one (by pk).

    The actor must keep organisations where it stood and where it will stand. The same facts change
    nothing. Raises `Refused`: forbidden, org_code_taken, uscc_wrong.
    """
    stored = None
    if org.pk is not None:
        stored = Org.objects.select_for_update(of=("self",)).get(pk=org.pk)
        require(actor, "orgs.save", stored)
    require(actor, "orgs.save", org)
    if stored is not None and _facts(stored) == _facts(org):
        return stored
    if Org.objects.filter(code=org.code).exclude(pk=org.pk).exists():
        raise Refused("org_code_taken", 409, code=org.code)
    if org.uscc and (stored is None or stored.uscc != org.uscc) and not uscc.is_valid(org.uscc):
        raise Refused("uscc_wrong", 422, given=org.uscc)
    org.save()
    was = _facts(stored) if stored is not None else None
    audit.record_saved(actor, "orgs.save", org, was, _facts(org))
    return org


def _facts(org: Org) -> tuple[object, ...]:
    return (
        org.code, org.name, org.kind, org.uscc, org.cell_id, org.contact, org.phone, org.is_active
    )  # fmt: skip


@transaction.atomic
def save_member(member: OrgMember, *, actor: Actor) -> OrgMember:
    """Take a person into an organisation in a role, or change the days of a standing membership.

    A person stands in one role of one organisation once; coming back changes the days. Raises
    `Refused`: forbidden, appointment_backwards, member_already.
    """
    org = Org.objects.select_for_update(of=("self",)).select_related("cell").get(pk=member.org_id)
    require(actor, "orgs.save_member", org)
    if member.ends is not None and member.ends < member.starts:
        raise Refused("appointment_backwards", 422)
    same = OrgMember.objects.filter(user=member.user, org=org, role=member.role)
    if same.exclude(pk=member.pk).exists():
        role = MemberRole(member.role).label
        raise Refused("member_already", 409, name=member.user, role=role, org=org.name)
    stored = OrgMember.objects.filter(pk=member.pk).first()
    if stored is not None and (stored.starts, stored.ends) == (member.starts, member.ends):
        return stored
    before = audit.fingerprint(stored.starts, stored.ends) if stored is not None else ""
    member.save()
    after = audit.fingerprint(member.starts, member.ends)
    audit.record(actor, "orgs.save_member", member, before=before, after=after)
    return member


@transaction.atomic
def end_member(member: OrgMember, last_day: date, *, actor: Actor) -> OrgMember:
    """End a membership; `last_day` is the last day in the role. It may be brought forward.

    Raises `Refused`: forbidden, appointment_ended, appointment_backwards.
    """
    org = Org.objects.select_for_update(of=("self",)).select_related("cell").get(pk=member.org_id)
    require(actor, "orgs.end_member", org)
    row = OrgMember.objects.select_related("user", "org").get(pk=member.pk)
    if row.ends is not None and row.ends <= last_day:
        raise Refused("appointment_ended", 409, day=row.ends.isoformat())
    if last_day < row.starts:
        raise Refused("appointment_backwards", 422)
    before = audit.fingerprint(row.starts, row.ends)
    row.ends = last_day
    row.save(update_fields=["ends"])
    after = audit.fingerprint(row.starts, row.ends)
    audit.record(actor, "orgs.end_member", row, before=before, after=after)
    return row
