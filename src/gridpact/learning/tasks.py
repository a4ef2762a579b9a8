"""The worker's part: suggesting within seconds, learning every night or when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from django.db import connections, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gridpact.accounts.models import User
from gridpact.core.access import Actor, system
from gridpact.learning.services import has_learnt, suggest_newest, suggest_waiting, train
from gridpact.orgs.selectors import actor_for

AT_ONCE = 15  # orders every three seconds: some hundredths of one core


@app.periodic(cron="* * * * * */3")
@app.task(name="learning.suggest_new", queueing_lock="learning.suggest_new", pass_context=False)
async def suggest_new(timestamp: int) -> None:
    """Orders that came in just now, before somebody opens them at the desk."""
    await asyncio.to_thread(_closing, _suggest_new, system("learning"))


def _suggest_new(*, actor: Actor) -> None:
    suggest_newest(actor=actor, most=AT_ONCE)


@app.periodic(cron="* * * * *")
@app.task(name="learning.suggest", queueing_lock="learning.suggest", pass_context=False)
async def suggest(timestamp: int) -> None:
    """Orders that have no suggestion yet; learn first where nothing was learnt yet."""
    await asyncio.to_thread(_closing, _suggest, system("learning"))


def _suggest(*, actor: Actor) -> None:
    if not has_learnt():
        queue_training(None)
    suggest_waiting(actor=actor)


@app.periodic(cron="40 2 * * *")
@app.task(
    name="learning.night", queueing_lock="learning.night", lock="learning", pass_context=False
)
async def night(timestamp: int) -> None:
    """Learn from what was decided until yesterday."""
    await asyncio.to_thread(_closing, train, system("learning"))


@app.task(
    name="learning.train", queueing_lock="learning.train", lock="learning", pass_context=False
)
async def train_now(user_id: int | None) -> None:
    """Learn because somebody asked for it, or because nothing was learnt yet (None)."""
    await asyncio.to_thread(_asked, user_id)


def _asked(user_id: int | None) -> None:
    try:
        asking = None if user_id is None else User.objects.get(pk=user_id)
        train(actor=system("learning") if asking is None else actor_for(asking))
    finally:
        connections.close_all()


def _closing(work: Callable[..., object], actor: Actor) -> None:
    try:
        work(actor=actor)
    finally:
        connections.close_all()


def queue_training(user_id: int | None) -> bool:
    """Let the worker learn now; False when it was asked for already."""
    try:
        with transaction.atomic():  # the caller's transaction outlives a refusal
            train_now.defer(user_id=user_id)
    except AlreadyEnqueued:
        return False
    return True
