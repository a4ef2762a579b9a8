from __future__ import annotations

from django.test import Client

from gridpact.web import health
from tests.factories.world import World


def test_a_living_process_says_ok(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readiness_names_database_schema_and_jobs(world: World, client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "migrations": "ok", "jobs": "late"}
    assert response["Cache-Control"] == "no-store"
    assert health.HEARTBEAT_SECONDS == 60


def test_metrics_are_for_the_machine_itself(world: World, client: Client) -> None:
    world.order()
    text = client.get("/metrics").content.decode()
    values = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    assert values["gridpact_up"] == "1"
    assert int(values["gridpact_outbox_waiting"]) >= 1
    assert int(values["gridpact_audit_unsealed"]) >= 1
    assert int(values["gridpact_database_bytes"]) > 1_000_000
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 404
