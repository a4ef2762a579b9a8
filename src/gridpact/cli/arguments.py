"""The argument parser: every subcommand, and which function runs it."""

from __future__ import annotations

import argparse
from datetime import date
from importlib.metadata import version
from pathlib import Path

from gridpact.cli.words import say as _

KINDS = (
    "divisions", "cells", "posts", "orgs", "members", "party", "network", "work-items", "orders",
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The parser of the `gridpact` command."""
    top = argparse.ArgumentParser(
        prog="gridpact", description=_("GridPact: grassroots governance of a district.")
    )
    top.add_argument("--version", action="version", version=f"gridpact {version('gridpact')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_servers(commands)
    _add_files(commands)
    _add_facts(commands)
    _add_orders(commands)
    return top


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: str,
    text: str,
    *,
    needs: str = "all",
) -> argparse.ArgumentParser:
    """One subcommand; it needs the `database`, the `apps`, or `all` of both."""
    command = commands.add_parser(name, help=text, description=text)
    command.add_argument("--json", action="store_true", help=_("print one JSON value"))
    command.set_defaults(run=f"gridpact.cli.{run}", needs=needs)
    return command


def _port(text: str) -> int:
    value = int(text)
    if not 0 < value < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-01-31") from error


def _add_servers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _add(
        commands, "demo", "running:demo", _("Load the demo district if empty, and serve it.")
    )
    demo.add_argument("--port", type=_port, default=8000)
    demo.add_argument("--no-serve", action="store_true", help=_("load only"))
    demo.add_argument("--residents", type=_positive, default=1200, help=_("who place the orders"))
    demo.add_argument("--seed", type=int, default=450312)
    serve = _add(commands, "serve", "serving:serve", _("Run the web server."), needs="database")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument(
        "--workers", type=_positive, default=2, help=_("processes of 4 threads each")
    )
    _add(commands, "worker", "running:worker", _("Run the job worker."))
    _add(commands, "migrate", "running:migrate", _("Bring the database schema up to date."))
    manage = commands.add_parser("manage", help=_("Django's own commands."), add_help=False)
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    manage.set_defaults(run="gridpact.cli.running:manage", needs="all")


def _add_files(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    load = _add(commands, "load", "files:load", _("Load a file; the same file twice adds nothing."))
    load.add_argument("kind", choices=(*KINDS, "chain", "hotline"))
    load.add_argument("file", type=Path)
    load.add_argument("--dry-run", action="store_true", help=_("check only, write nothing"))
    load.add_argument("--actor", help=_("account that loads (default: the operator)"))
    load.add_argument(
        "--cell",
        help=_("orders, hotline: the cell of rows without a place; chain: the cell of its group"),
    )
    load.add_argument(
        "--system", help=_("hotline: its code; the numbers are known under it (12345)")
    )
    load.add_argument(
        "--column", action="append", metavar="PART=NAME",
        help=_("hotline: which column holds the number, text, time, … ; repeatable"),
    )  # fmt: skip
    load.add_argument(
        "--datum", choices=("wgs84", "gcj02", "bd09"), help=_("cells: of the degrees (wgs84)")
    )
    load.add_argument(
        "--strict",
        action="store_true",
        help=_("cells: refuse overlaps, gaps and what lies outside"),
    )
    export = _add(commands, "export", "files:export", _("Write a file that can be loaded again."))
    export.add_argument("kind", choices=KINDS)
    export.add_argument("file", type=Path)
    export.add_argument("--as-of", type=_day, help=_("as it stood on this day"))
    export.add_argument("--cell", help=_("only this cell and what lies below it"))
    export.add_argument(
        "--from", dest="start", type=_day, help=_("orders: placed from this day on")
    )
    export.add_argument("--to", dest="end", type=_day, help=_("orders: placed up to this day"))
    template = _add(commands, "template", "files:template", _("Write an empty Excel template."))
    template.add_argument("kind", choices=KINDS)
    template.add_argument("file", type=Path)


def _add_facts(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    figures = _add(commands, "figures", "facts:figures", _("The figures, computed from records."))
    figures.add_argument(
        "--from", dest="start", type=_day, help=_("first day (default: 1 January)")
    )
    figures.add_argument("--to", dest="end", type=_day, help=_("last day (default: today)"))
    figures.add_argument("--cell", help=_("only this cell and what lies below it"))
    figures.add_argument("--as-of", type=_day, help=_("registers as they stood on this day"))
    _add_locate(commands)
    audit = _add(commands, "audit", "facts:audit", _("Check the audit log."))
    audit.add_argument("what", choices=("verify",))
    _add(commands, "doctor", "doctor:doctor", _("Findings about this installation."), needs="apps")


def _add_locate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    locate = _add(
        commands,
        "locate",
        "locating:locate",
        _("The cell of a point, an address or a file, and why."),
    )
    locate.add_argument("lon", type=float, nargs="?")
    locate.add_argument("lat", type=float, nargs="?")
    locate.add_argument("--datum", choices=("wgs84", "gcj02", "bd09"), default="wgs84")
    locate.add_argument(
        "--address", help=_("as people write it: community, compound, building, door")
    )
    locate.add_argument("--file", type=Path, help=_("a .csv with columns lon and lat, or address"))
    locate.add_argument("--out", type=Path, help=_("the same rows with their cells"))
    locate.add_argument("--as-of", type=_day, help=_("in the tree of this day"))


def _add_orders(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What is learnt from texts and orders of any file."""
    orders = commands.add_parser("orders", help=_("Learn from files of orders."))
    kinds = orders.add_subparsers(dest="orders_command", required=True, metavar="COMMAND")
    _add_evaluate(kinds)
    _add_hot(kinds)


def _add_evaluate(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evaluate = _add(
        kinds, "evaluate", "learning:evaluate", _("Learn on one labelled .csv, try on another."),
        needs="apps",
    )  # fmt: skip
    evaluate.add_argument("--train", type=Path, required=True, help=_("the file to learn from"))
    evaluate.add_argument("--test", type=Path, required=True, help=_("the file to answer"))
    what = evaluate.add_mutually_exclusive_group(required=True)
    what.add_argument("--text", action="append", help=_("a column of text; several are joined"))
    what.add_argument("--column", action="append", help=_("a column with one of a few values"))
    evaluate.add_argument("--label", required=True, help=_("the column with the right answer"))


def _add_hot(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    hot = _add(kinds, "hot", "topics:hot", _("What a .csv of messages is about."), needs="apps")
    hot.add_argument("file", type=Path, help=_("a .csv of messages"))
    hot.add_argument(
        "--text", action="append", required=True, help=_("a column of text; repeatable")
    )
    hot.add_argument("--time", required=True, help=_("the column with the time"))
    hot.add_argument("--id", help=_("the column that names a message (default: row numbers)"))
    hot.add_argument("--title", help=_("the column with a title, which weighs double"))
    hot.add_argument("--user", help=_("the column that tells people apart"))
    hot.add_argument("--reactions", action="append", help=_("a column of counts; repeatable"))
    hot.add_argument("--top", type=_positive, default=10, help=_("how many topics"))
