"""The web server: granian with WSGI threads; its workers load the apps, this process does not."""

from __future__ import annotations

import socket
from argparse import Namespace

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gridpact.cli.output import CommandError
from gridpact.cli.prepare import prepare_files

THREADS = 4


def serve(args: Namespace) -> None:
    """Run the web server until it is told to stop."""
    refuse_taken_port(args.host, args.port)
    prepare_files()
    Granian(
        "gridpact.config.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=3,
        log_level=LogLevels.warning,
    ).serve()


def refuse_taken_port(host: str, port: int) -> None:
    """Say so at once when the address is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"cannot listen on {host}:{port}: {error.strerror}") from error
