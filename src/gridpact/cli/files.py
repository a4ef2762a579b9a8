"""Commands on files: load, export, template."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from itertools import count as counting
from pathlib import Path

import orjson
from django.utils.translation import gettext as _

from gridpact.accounts.models import User
from gridpact.audit import services as audit
from gridpact.cli import kinds
from gridpact.cli.chains import load_chain
from gridpact.cli.hotlines import load_hotline_file
from gridpact.cli.output import CommandError, note, show
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, system
from gridpact.core.loads import LoadReport
from gridpact.grid.models import Cell
from gridpact.orders.files.dump import COLUMNS, dump_rows
from gridpact.orders.services.loading.bulk import load_orders
from gridpact.orgs.selectors import actor_for
from gridpact.ui.sheets import write_csv

_SHOWN = 50  # rejected rows printed for people; JSON has all of them


def load(args: Namespace) -> int:
    """Load a file; 1 when nothing could be taken, or rows of a register were rejected."""
    path: Path = args.file
    if not path.is_file():
        raise Refused("file_missing", 422, name=str(path))
    actor = _actor(args.actor)
    _check_options(args)
    if args.kind == "chain":
        return load_chain(args, actor)
    report: LoadReport
    if args.kind == "hotline":
        report = load_hotline_file(args, actor)
    elif args.kind == "orders":
        report = load_orders(path, actor=actor, cell=args.cell, dry_run=args.dry_run)
    elif args.kind == "cells":
        report = kinds.load_cell_file(
            path, actor=actor, dry_run=args.dry_run, datum=args.datum, strict=args.strict
        )
    elif args.kind == "network":
        report = kinds.load_network_file(path, actor=actor, dry_run=args.dry_run)
    else:
        report = kinds.load_table(args.kind, path, actor=actor, dry_run=args.dry_run)
    return _report(args, report)


def _check_options(args: Namespace) -> None:
    """Options that would say nothing of this kind are a mistake."""
    if args.cell and args.kind not in {"orders", "chain", "hotline"}:
        raise CommandError(_("--cell is for orders, hotlines and chain texts only"))
    if args.kind != "hotline" and (args.system or args.column):
        raise CommandError(_("--system and --column are for hotlines only"))
    if args.kind != "cells" and (args.strict or args.datum):
        raise CommandError(_("--datum and --strict are for cells only"))


def _actor(username: str | None) -> Actor:
    if username is None:
        return system("operator")
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(_("there is no active account %(name)s") % {"name": username})
    return actor_for(user)


def _report(args: Namespace, report: LoadReport) -> int:
    facts = asdict(report)
    facts["rejected"] = [{"row": row, "reason": reason} for row, reason in report.rejected]
    facts["dry_run"] = args.dry_run
    lines = [
        _("accepted %(n)s") % {"n": report.accepted},
        _("unchanged %(n)s") % {"n": report.unchanged},
        _("rejected %(n)s") % {"n": len(report.rejected)},
    ]
    lines += [
        f"{name.replace('_', ' ')}: {', '.join(facts[name])}"
        for name in ("columns_read", "columns_ignored")
        if facts.get(name)
    ]
    lines += [
        _("row %(row)s: %(why)s") % {"row": row, "why": why}
        for row, why in report.rejected[:_SHOWN]
    ]
    if len(report.rejected) > _SHOWN:
        lines.append(_("… and %(n)s more") % {"n": len(report.rejected) - _SHOWN})
    lines += [
        _("row %(row)s: %(why)s") % {"row": found["row"], "why": found["text"]}
        for found in facts.get("findings", ())[:_SHOWN]
        if not report.rejected
    ]
    show(args, facts, lines)
    if args.dry_run or (report.saved and (report.accepted or report.unchanged)):
        return 0
    if report.rejected:
        note(f"gridpact: {_('nothing was saved, because rows were rejected')}")
        return 1
    return 0


def export(args: Namespace) -> None:
    """Write the registers back as files that can be loaded again without change."""
    cell = None
    if args.cell:
        cell = Cell.objects.filter(code=args.cell).first()
        if cell is None:
            raise Refused("cell_unknown", 422, code=args.cell[:20])
    scope = kinds.Scope(cell, args.as_of or clock.today())
    if args.kind == "orders":
        count = _export_orders(args, cell)
    elif args.kind == "cells" or (args.kind == "network" and _is_geojson(args.file)):
        make = kinds.cell_features if args.kind == "cells" else kinds.network_features
        content = make(scope)
        count = len(content["features"])
        args.file.write_bytes(orjson.dumps(content) + b"\n")
    else:
        rows = list(kinds.TABLES[args.kind].rows(scope))
        count = len(rows)
        kinds.write_table(args.kind, args.file, rows)
    audit.record(system("operator"), "files.export", label=f"{args.kind}: {count}")
    facts = {"kind": args.kind, "rows": count, "file": str(args.file)}
    show(args, facts, [_("%(n)s rows written to %(file)s") % {"n": count, "file": args.file}])


def _export_orders(args: Namespace, cell: Cell | None) -> int:
    """Orders with masked contacts; returns how many."""
    if args.file.suffix.lower() != ".csv":
        raise CommandError(_("orders are written to a .csv file"))
    counter = counting()
    rows = (row for row in dump_rows(cell, args.start, args.end) if next(counter) >= 0)
    with args.file.open("wb") as file:
        file.writelines(write_csv(COLUMNS, rows))
    return next(counter)


def _is_geojson(path: Path) -> bool:
    return path.suffix.lower() not in {".xlsx", ".csv"}


def template(args: Namespace) -> None:
    """Write an empty table with its columns explained."""
    if args.kind == "orders":
        raise CommandError(_("orders are loaded from any csv or jsonl; see the handbook"))
    if args.kind == "cells":
        raise CommandError(_("cells are loaded from GeoJSON; `export cells` shows the form"))
    if args.file.suffix.lower() != ".xlsx":
        raise CommandError(_("a template is an .xlsx file"))
    kinds.write_table(args.kind, args.file, [], notes=True)
    facts = {"kind": args.kind, "file": str(args.file)}
    show(args, facts, [_("template written to %(file)s") % {"file": args.file}])
