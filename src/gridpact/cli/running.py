"""Commands that run something: the demo, the web server, the job worker, the schema."""

from __future__ import annotations

import io
import json
import os
import socket
from argparse import Namespace
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gridpact.cli.family import Family
from gridpact.cli.output import CommandError, note, show
from gridpact.cli.prepare import collect_static, compile_messages
from gridpact.cli.working import run_worker

THREADS = 4


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


def serve(args: Namespace) -> None:
    """Run the web server until it is told to stop."""
    _refuse_taken_port(args.host, args.port)
    compile_messages()
    collect_static()
    connections.close_all()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridpact.config.settings")
    Granian(
        "gridpact.config.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        log_level=LogLevels.warning,
        process_name="gridpact",
    ).serve()


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"cannot listen on {host}:{port}: {error.strerror}") from error


def worker(args: Namespace) -> None:
    """Run the job worker until it is told to stop."""
    connections.close_all()
    run_worker()


def demo(args: Namespace) -> int | None:
    """Prepare, load the demo district into an empty database, print who can sign in, serve."""
    if not args.no_serve:
        _refuse_taken_port("127.0.0.1", args.port)
    if _migrate():
        note("schema ready")
    facts = _built(args)
    compile_messages()
    collect_static()
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
