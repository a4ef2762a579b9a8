"""Commands that answer a question: figures, audit verify."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from django.utils.translation import gettext as _

from gridpact.audit.services import verify_chain
from gridpact.cli.output import note, show
from gridpact.core.access import system
from gridpact.reports.selectors import figures as all_figures


def figures(args: Namespace) -> None:
    """Every figure of the period and cell."""
    found = all_figures(
        system("operator"), start=args.start, end=args.end, cell=args.cell, as_of=args.as_of
    )
    lines = []
    for key, figure in found.items():
        value, whole = figure["value"], figure["denominator"]
        text = "–" if value is None else str(value)
        part = "" if whole is None else f"  ({figure['numerator']} / {whole})"
        lines.append(f"{key:28}{text}{part}")
    show(args, found, lines)


def audit(args: Namespace) -> int:
    """Recompute the hash chain; 1 when a seal does not fit."""
    verdict = verify_chain()
    intact = verdict.broken is None
    lines = [
        _("%(rows)s rows in %(seals)s seals, %(waiting)s rows not sealed yet")
        % {"rows": verdict.rows, "seals": verdict.seals, "waiting": verdict.unsealed}
    ]
    show(args, {"intact": intact, **asdict(verdict)}, lines)
    if not intact:
        facts = {"seal": verdict.broken, "why": verdict.reason}
        note("gridpact: " + _("the chain is broken at seal %(seal)s: %(why)s") % facts)
    return 0 if intact else 1
