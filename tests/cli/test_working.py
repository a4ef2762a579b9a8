"""Jobs of a worker that was killed."""

from __future__ import annotations

import asyncio

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from gridpact.cli.working import free_lost_jobs
from gridpact.downloads.tasks import make
from tests.factories.world import World


async def free() -> int:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as jobs:
        async with jobs.open_async():
            return await free_lost_jobs(jobs)


def states() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE lock = 'downloads'")
        return [status for (status,) in cursor.fetchall()]


def test_a_job_whose_worker_was_killed_begins_again_and_frees_its_lock(real_world: World) -> None:
    make.defer(download_id=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE lock = 'downloads'")
    assert asyncio.run(free()) == 1
    assert states() == ["todo"]
    assert asyncio.run(free()) == 0
