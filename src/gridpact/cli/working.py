"""The worker process: procrastinate for jobs, and a pulse that delivers and seals every second."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from gridpact.audit.tasks import seal_log
from gridpact.core import database
from gridpact.core.cluster import DatabaseUnavailable
from gridpact.notify.tasks import deliver_outbox

PULSE_SECONDS = 1.0
AGAIN_SECONDS = 2.0
LOST_SECONDS = 30  # a living worker shows itself every ten
_CHORES: tuple[Callable[[], int], ...] = (deliver_outbox, seal_log)
_log = logging.getLogger(__name__)


def run_worker() -> None:
    """Work until SIGTERM or SIGINT; jobs that run are finished first (at most 5 s)."""
    over = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(over,), name="pulse", daemon=True)
    pulse.start()
    try:
        asyncio.run(_work())
    finally:
        over.set()
        pulse.join(5)


async def _work() -> None:
    """Take jobs until told to stop; when the database goes away, begin again."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    told = asyncio.create_task(stop.wait())
    while not stop.is_set():
        jobs = asyncio.create_task(_take_jobs())
        await asyncio.wait({jobs, told}, return_when=asyncio.FIRST_COMPLETED)
        jobs.cancel()  # the way to ask for a graceful end
        (failure,) = await asyncio.gather(jobs, return_exceptions=True)
        if not stop.is_set():
            _log.warning("jobs stopped and begin again: %s", failure)
            await asyncio.wait({told}, timeout=AGAIN_SECONDS)


async def _take_jobs() -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as jobs:
        async with jobs.open_async():
            freeing = asyncio.create_task(_free_lost_jobs(jobs))
            try:
                await jobs.run_worker_async(
                    name="gridpact",
                    concurrency=2,  # beside a large file the clocks go on; all others take turns
                    delete_jobs="successful",
                    shutdown_graceful_timeout=5,
                    install_signal_handlers=False,
                )
            finally:
                freeing.cancel()


async def _free_lost_jobs(jobs: App) -> None:
    """Put the jobs of a killed worker back, at once and every half minute.

    They would count as running for ever, and whatever shares their lock would wait for ever.
    """
    while True:
        await free_lost_jobs(jobs)
        await asyncio.sleep(LOST_SECONDS)


async def free_lost_jobs(jobs: App) -> int:
    """Queue the running jobs whose worker gives no sign of life again; returns how many."""
    lost = list(await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=LOST_SECONDS))
    for job in lost:
        _log.warning("job %s of a lost worker begins again: %s", job.id, job.task_name)
        await jobs.job_manager.retry_job(job)
    return len(lost)


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
                _revive_database()
        close_old_connections()


def _revive_database() -> None:
    """Start the embedded server again if it was killed; an external one comes back by itself."""
    try:
        database.ensure_running()
    except DatabaseUnavailable as error:
        _log.warning("%s", error)
