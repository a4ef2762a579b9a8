"""`gridpact load hotline`: a file of a hotline, whole or not at all."""

from __future__ import annotations

from argparse import Namespace

from django.utils.translation import gettext as _

from gridpact.cli.output import CommandError
from gridpact.core.access import Actor, Refused
from gridpact.core.loads import LoadReport
from gridpact.doors.services.hotlines import HotlineFile, load_hotline, parts

USUAL = "12345"


def load_hotline_file(args: Namespace, actor: Actor) -> LoadReport:
    """Load the file under the hotline's code; calls that are known already change nothing.

    Raises `Refused` 422 when no name gives a column away and `--column` does not either.
    """
    columns = _columns(args.column or [])
    with args.file.open("rb") as file:
        given = HotlineFile(
            file, args.file.name, args.system or USUAL, cell=args.cell or "", columns=columns
        )
        table, report = load_hotline(given, actor=actor, dry_run=args.dry_run)
    if table.missing:  # a page asks then; a command has to be told
        raise Refused("hotline_columns", 422, field="columns", columns=", ".join(table.missing))
    return report


def _columns(given: list[str]) -> dict[str, str]:
    known = [part for part, _label in parts()]
    found: dict[str, str] = {}
    for text in given:
        part, sign, name = text.partition("=")
        if not sign or part not in known or not name:
            allowed = ", ".join(known)
            raise CommandError(
                _("--column is PART=NAME, where PART is one of %(parts)s") % {"parts": allowed}
            )
        found[part] = name
    return found
