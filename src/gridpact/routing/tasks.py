"""Looking at the rules in force every ten minutes: a closed cell or office breaks them silently."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.core.access import system
from gridpact.routing.services import check_live


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="routing.check", pass_context=False)
def check_rules(timestamp: int) -> None:
    """Findings about rules in force; twice changes nothing."""
    check_live(actor=system("clock"))
