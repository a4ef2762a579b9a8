"""What the worker does for questions about honest closing."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.core.access import system
from gridpact.honesty.services import ask_batch

MOST_BATCHES = 40  # a long timeline is read over several runs; nobody waits behind it


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="honesty.ask", pass_context=False)
def ask(timestamp: int) -> None:
    """Every two minutes: look at what was finished, verified, closed and rated since."""
    for _ in range(MOST_BATCHES):
        if not ask_batch(actor=system("clock")):
            return
