"""What the worker does for the territory."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.core.access import system
from gridpact.grid.services import hand_over_due
from gridpact.grid.services.redraw import apply_due


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="grid.redraws", pass_context=False)
def apply_due_redraws(timestamp: int) -> None:
    """Every minute: carry out the redraws whose day has come."""
    apply_due(actor=system("clock"))


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="grid.handover", pass_context=False)
def hand_over_terms(timestamp: int) -> None:
    """Every ten minutes: the open work of terms that ran out goes on with somebody in office."""
    while hand_over_due(actor=system("clock")):
        pass
