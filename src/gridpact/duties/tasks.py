"""The hourly work of duties: hand over, let overdue tasks climb, make new ones."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.core import clock
from gridpact.core.access import system
from gridpact.duties.services import climb_overdue, generate_tasks, hand_over


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="duties.rounds", pass_context=False)
def rounds(timestamp: int) -> None:
    """Hourly: a day that was missed is made up for, and nothing happens twice."""
    actor, day = system("clock"), clock.today()
    hand_over(day, actor=actor)
    while climb_overdue(day, actor=actor):
        pass
    generate_tasks(day, actor=actor)
