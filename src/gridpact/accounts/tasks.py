"""What the worker does for accounts."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridpact.accounts.upkeep import sweep_accounts


@app.periodic(cron="11 * * * *")
@app.task(queueing_lock="accounts.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Hourly: remove what expired."""
    sweep_accounts()
