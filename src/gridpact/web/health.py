"""Liveness, readiness and metrics for operators and their monitoring."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from gridpact.audit.models import AuditRow, AuditSeal
from gridpact.core import clock
from gridpact.core.net import client_address
from gridpact.notify.models import Outbox
from gridpact.notify.selectors import held
from gridpact.orders.models import Order

HEARTBEAT_SECONDS = 60  # a worker writes every 10 s
_seen_migrated: list[bool] = []  # a process that found the schema complete need not ask again


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """`{"status", "database", "migrations", "jobs"}`: 503 when database or schema are not ready.

    `jobs` is "late" when no worker gave a sign of life within a minute; pages work all the same.
    """
    found = {"database": "ok", "migrations": "ok", "jobs": "ok"}
    try:
        found["migrations"] = "ok" if _migrated() else "missing"
        age = _heartbeat_age() if found["migrations"] == "ok" else None
        found["jobs"] = "ok" if age is not None and age < HEARTBEAT_SECONDS else "late"
    except (DatabaseError, InterfaceError):
        found = {"database": "away", "migrations": "unknown", "jobs": "unknown"}
    ready = found["database"] == found["migrations"] == "ok"
    response = JsonResponse(
        {"status": "ok" if ready else "unavailable", **found}, status=200 if ready else 503
    )
    response["Cache-Control"] = "no-store"
    return response


def _migrated() -> bool:
    if not _seen_migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _seen_migrated.append(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _heartbeat_age() -> float | None:
    """Seconds since a worker was last heard of, None when never."""
    last = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    return None if last is None else max((clock.now() - last).total_seconds(), 0.0)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for the machine itself only; to anyone else the page does not exist."""
    if client_address(request) not in {"127.0.0.1", "::1"}:
        raise Http404
    lines = []
    for name, text, value in _measures():
        lines += [f"# HELP {name} {text}", f"# TYPE {name} gauge"]
        rows = value if isinstance(value, dict) else {"": value}
        lines += [f"{name}{label} {number}" for label, number in rows.items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _measures() -> list[tuple[str, str, Any]]:
    top = AuditSeal.objects.aggregate(top=Max("top"))["top"] or 0
    jobs = ProcrastinateJob.objects.values_list("status").annotate(n=Count("id")).order_by("status")
    age = _heartbeat_age()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()),"
            " (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass)",
            [Order._meta.db_table],
        )
        size, orders = cursor.fetchone()
    waiting = Outbox.objects.waiting()
    return [
        ("gridpact_up", "1 while the server answers.", 1),
        ("gridpact_database_bytes", "Size of the database.", size),
        ("gridpact_orders_estimate", "Orders, as the planner estimates them.", orders),
        ("gridpact_outbox_waiting", "Messages not delivered yet.", waiting.count()),
        ("gridpact_outbox_held", "Messages that wait for the end of quiet hours.", held()),
        (
            "gridpact_audit_unsealed",
            "Audit rows above the last seal.",
            AuditRow.objects.filter(pk__gt=top).count(),
        ),
        ("gridpact_jobs", "Jobs by status.", {f'{{status="{name}"}}': n for name, n in jobs}),
        (
            "gridpact_worker_heartbeat_age_seconds",
            "Seconds since a worker was heard of, -1 when never.",
            -1 if age is None else round(age, 1),
        ),
    ]
