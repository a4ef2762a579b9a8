"""The verbs on organisations: loading them and their members from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport, csv_rows
from gridpact.grid.models import Cell
from gridpact.grid.services.posts import known_user, read_day
from gridpact.orgs import policies  # noqa: F401 - registers who may load
from gridpact.orgs.choices import MemberRole, OrgKind
from gridpact.orgs.models import Org, OrgMember

_LENGTHS = {"code": 40, "name": 80, "uscc": 18, "contact": 50, "phone": 30}


def load_orgs(path: Path, *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update organisations by code: code, name, kind, uscc, cell, contact, phone (csv).

    One rejected row and nothing is saved; the same file again changes nothing.
    """
    return _load(path, ("code", "name", "kind"), _load_org, actor=actor, dry_run=dry_run)


def load_members(path: Path, *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update members from a csv: username, name, org (code), role, starts, ends.

    A username that is not known yet becomes an account without a password when `name` is given.
    """
    return _load(path, ("username", "org", "role"), _load_member, actor=actor, dry_run=dry_run)


@transaction.atomic
def _load(
    path: Path,
    required: tuple[str, ...],
    load_row: Callable[[dict[str, str], Actor], bool],
    *,
    actor: Actor,
    dry_run: bool,
) -> LoadReport:
    require(actor, "orgs.load")
    report = LoadReport()
    mark = transaction.savepoint()
    for number, row in csv_rows(path, required):
        try:
            with transaction.atomic():
                changed = load_row(row, actor)
        except Refused as refusal:
            report.reject(number, refusal.sentence)
        else:
            report.accepted += changed
            report.unchanged += not changed
    report.saved = not report.rejected and not dry_run
    if report.saved:
        transaction.savepoint_commit(mark)
    else:
        transaction.savepoint_rollback(mark)
    return report


def _load_org(row: dict[str, str], actor: Actor) -> bool:
    for name, most in _LENGTHS.items():
        if len(row.get(name, "")) > most:
            raise _bad(name, _("longer than %(most)s characters") % {"most": most})
    for name in ("code", "name"):
        if not row[name]:
            raise _bad(name, _("required"))
    kind = _choice(OrgKind.values, row["kind"], "kind")
    values = {
        "name": row["name"], "kind": kind, "uscc": row.get("uscc", "").upper(),
        "cell_id": _cell_id(row.get("cell", "")), "contact": row.get("contact", ""),
        "phone": row.get("phone", ""),
    }  # fmt: skip
    org = Org.objects.select_for_update(of=("self",)).filter(code=row["code"]).first()
    if org is not None and all(getattr(org, name) == value for name, value in values.items()):
        return False
    org = org or Org(code=row["code"])
    for name, value in values.items():
        setattr(org, name, value)
    org.save()
    audit.record(actor, "orgs.load", org, after=audit.fingerprint(*values.values()))
    return True


def _load_member(row: dict[str, str], actor: Actor) -> bool:
    org = Org.objects.filter(code=row["org"]).first()
    if org is None:
        raise _bad("org", _("no organisation has the code %(code)s") % {"code": row["org"][:40]})
    role = _choice(MemberRole.values, row["role"], "role")
    starts = read_day(row.get("starts", ""), "starts")
    ends = read_day(row.get("ends", ""), "ends")
    user = known_user(row["username"], row.get("name", ""), actor=actor)
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
