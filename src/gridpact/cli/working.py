"""The worker process: procrastinate for jobs, and a pulse that delivers and seals every second."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from gridpact.audit.tasks import seal_log
from gridpact.notify.tasks import deliver_outbox

PULSE_SECONDS = 1.0
_CHORES: tuple[Callable[[], int], ...] = (deliver_outbox, seal_log)
_log = logging.getLogger(__name__)


def run_worker() -> None:
    """Work until SIGTERM or SIGINT; jobs that run are finished first (at most 5 s)."""
    over = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(over,), name="pulse", daemon=True)
    pulse.start()
    try:
        assert isinstance(app.connector, DjangoConnector)
        with app.replace_connector(app.connector.get_worker_connector()) as jobs:
            asyncio.run(_work(jobs))
    finally:
        over.set()
        pulse.join(5)


async def _work(jobs: App) -> None:
    async with jobs.open_async():
        await jobs.run_worker_async(
            name="gridpact", concurrency=1, delete_jobs="successful", shutdown_graceful_timeout=5
        )


def _pulse(over: threading.Event) -> None:
    """Deliver messages and seal the log until told to stop; a lost database is tried again.

    Several workers may do so side by side: rows are locked, and one at a time seals.
    """
    while not over.wait(PULSE_SECONDS):
        for chore in _CHORES:
            try:
                while chore() and not over.is_set():
                    pass
            except DatabaseError as error:
                _log.warning("%s: %s", chore.__name__, str(error).splitlines()[0])
                connections.close_all()
                over.wait(2)
        close_old_connections()
