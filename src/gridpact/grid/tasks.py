"""What the worker does for the territory."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.core.access import system
from gridpact.grid.services.redraw import apply_due


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="grid.redraws", pass_context=False)
def apply_due_redraws(timestamp: int) -> None:
    """Every minute: carry out the redraws whose day has come."""
    apply_due(actor=system("clock"))
