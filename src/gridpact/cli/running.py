"""Commands that run the demo, the job worker, the schema and Django's own commands."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from gridpact.cli.family import Family
from gridpact.cli.output import note, show
from gridpact.cli.prepare import prepare_files
from gridpact.cli.serving import refuse_taken_port
from gridpact.cli.working import run_worker


def migrate(args: Namespace) -> None:
    """Apply what the schema lacks."""
    applied = _migrate()
    show(args, {"applied": applied}, [f"{len(applied)} migrations applied", *applied])


def _migrate() -> list[str]:
    """Names of the migrations that were applied; asks the database once when there are none."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def manage(args: Namespace) -> None:
    """Django's own commands; their exit code is ours."""
    execute_from_command_line(["gridpact manage", *(args.rest or ["help"])])


def worker(args: Namespace) -> None:
    """Run the job worker until it is told to stop."""
    connections.close_all()
    run_worker()


def demo(args: Namespace) -> int | None:
    """Prepare, load the demo district into an empty database, print who can sign in, serve."""
    if not args.no_serve:
        refuse_taken_port("127.0.0.1", args.port)
    if _migrate():
        note("schema ready")
    facts = _built(args)
    prepare_files()
    address = f"http://127.0.0.1:{args.port}"
    lines = [f"{name:14}{label}" for name, label in facts["accounts"].items()]
    value = {"address": None if args.no_serve else address, **facts}
    if args.no_serve:
        show(args, value, [*lines, f"password: {facts['password']}"])
        return None
    connections.close_all()
    family = Family(Path(settings.HOME))
    family.start("worker")
    family.start("serve", "--port", str(args.port))
    if not family.wait_until_ready(f"{address}/readyz", seconds=60):
        return 1
    show(args, value, [*lines, f"password: {facts['password']}", f"ready: {address}"])
    return family.wait()


def _built(args: Namespace) -> dict[str, dict[str, str]]:
    """What the demo app built: accounts and their password."""
    out = io.StringIO()
    call_command("build_demo", residents=args.residents, seed=args.seed, stdout=out)
    facts: dict[str, dict[str, str]] = json.loads(out.getvalue())
    return facts
