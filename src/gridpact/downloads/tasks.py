"""The worker's part of downloads: one file at a time, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading

from django.db import connections
from procrastinate.contrib.django import app

from gridpact.core.access import system
from gridpact.downloads.models import Download
from gridpact.downloads.services import run_download, sweep_downloads


@app.task(name="downloads.make", lock="downloads", pass_context=False)
async def make(download_id: int) -> None:
    """Write a download beside the worker's other jobs; a stopping worker is not kept waiting."""
    stop = threading.Event()
    try:
        await asyncio.to_thread(_make, download_id, stop)
    except asyncio.CancelledError:
        stop.set()
        raise


def _make(download_id: int, stop: threading.Event) -> None:
    try:
        run_download(download_id, stop.is_set)
    finally:
        connections.close_all()


def queue(download: Download) -> None:
    """Let the worker make it, once the caller's transaction is committed."""
    make.defer(download_id=download.pk)


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="downloads.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Hourly: throw away what is a week old."""
    sweep_downloads(actor=system("clock"))
