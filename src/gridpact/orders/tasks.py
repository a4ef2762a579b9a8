"""What the worker does for orders."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.core.access import system
from gridpact.orders.search.indexing import index_changes
from gridpact.orders.services.clock.marks import mark_batch
from gridpact.orders.services.clock.sweep import sweep_uploads
from gridpact.orders.services.residents.visits import sweep_desk


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="orders.clocks", pass_context=False)
def clocks(timestamp: int) -> None:
    """Every minute: warn, give cards, and act where time is over."""
    while mark_batch(actor=system("clock")):
        pass


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="orders.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Hourly: remove uploads that were never attached, and what the desk kept for a moment."""
    while sweep_uploads(actor=system("clock")):
        pass
    sweep_desk()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="orders.words", pass_context=False)
def words(timestamp: int) -> None:
    """Every minute: bring the index of words up to date; a large backlog takes several turns."""
    index_changes(seconds=50)
