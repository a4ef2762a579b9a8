"""What the worker does for calendars and limits."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.clocks.services import recount_batch


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="clocks.recount", pass_context=False)
def recount(timestamp: int) -> None:
    """Every minute: running clocks follow what was changed in calendars and limits."""
    while recount_batch():
        pass
