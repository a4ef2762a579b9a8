"""The worker's part: looking for topics every night, or when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from django.db import connections, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gridpact.core.access import system
from gridpact.grid.models import Cell
from gridpact.topics.models import PERIODS
from gridpact.topics.services import find_all, find_area


@app.periodic(cron="20 3 * * *")
@app.task(name="topics.night", queueing_lock="topics.night", lock="topics", pass_context=False)
async def night(timestamp: int) -> None:
    """Topics of every district and township."""
    await asyncio.to_thread(_closing, lambda: find_all(actor=system("topics")))


@app.task(name="topics.look", lock="topics", pass_context=False)
async def look(cell_id: int) -> None:
    """Topics of one area, because somebody asked."""
    await asyncio.to_thread(_closing, lambda: _look(cell_id))


def _look(cell_id: int) -> None:
    cell = Cell.objects.defer("boundary").get(pk=cell_id)
    for days in PERIODS:
        find_area(cell, days, actor=system("topics"))


def _closing(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connections.close_all()


def queue_look(cell: Cell) -> bool:
    """Let the worker look now; False when it was asked for this area already."""
    try:
        with transaction.atomic():  # the caller's transaction outlives a refusal
            look.configure(queueing_lock=f"topics.look.{cell.pk}").defer(cell_id=cell.pk)
    except AlreadyEnqueued:
        return False
    return True
