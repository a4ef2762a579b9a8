"""The log cannot be changed, and the chain notices when somebody did it all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from gridpact.audit import services
from gridpact.audit.models import AuditRow, AuditSeal
from gridpact.core import clock
from gridpact.core.access import system
from tests.factories.world import World


def write(count: int) -> None:
    for number in range(count):
        services.record(system("test"), "test.write", None, label=f"row {number}")


def test_record_keeps_who_what_why_and_from_where(world: World) -> None:
    actor = world.actor("zhihe")
    services.record(
        actor, "test.write", world.cells["450312"], why="because", before="a", after="b"
    )
    row = AuditRow.objects.latest("id")
    assert (row.actor_name, row.post) == ("zhihe甲", "致和社区 总网格长")
    assert (row.subject_type, row.subject_label) == ("grid.cell", "临桂区")
    assert (row.why, row.before, row.after, row.address) == ("because", "a", "b", "127.0.0.1")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditrow SET why = 'x'",
        "DELETE FROM audit_auditrow",
        "TRUNCATE audit_auditrow CASCADE",
        "UPDATE audit_auditseal SET digest = 'x'",
        "DELETE FROM audit_auditseal",
        "TRUNCATE audit_auditseal CASCADE",
    ],
)
def test_database_refuses_to_change_the_log(db: None, statement: str) -> None:
    write(2)
    services.seal_batch()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditRow.objects.filter(action="test.write").count() == 2


def test_seal_batch_chains_what_is_new_and_then_rests(db: None) -> None:
    write(3)
    assert services.seal_batch() >= 3
    assert services.seal_batch() == 0
    write(2)
    assert services.seal_batch() == 2
    first, second = AuditSeal.objects.order_by("id")[:2]
    assert second.previous == first.digest
    verdict = services.verify_chain()
    assert (verdict.broken, verdict.unsealed, verdict.seals) == (None, 0, 2)


def test_seal_batch_covers_a_row_that_became_visible_late(db: None) -> None:
    write(2)
    low, high = AuditRow.objects.order_by("id").values_list("id", flat=True)[:2]
    AuditSeal.objects.create(
        at=clock.now(), row_ids=[high], top=high, floor=0, previous=services.GENESIS,
        digest=services._chain(services.GENESIS, [AuditRow.objects.get(pk=high)]),
    )  # fmt: skip
    assert services.seal_batch() == 1
    assert AuditSeal.objects.order_by("id").last().row_ids == [low]  # type: ignore[union-attr]
    assert services.verify_chain().broken is None


def test_floor_moves_only_over_rows_older_than_an_hour(db: None) -> None:
    with clock.frozen(clock.now() - timedelta(hours=2)):
        write(2)
    old = AuditRow.objects.order_by("-id").first()
    write(2)
    services.seal_batch()
    seal = AuditSeal.objects.get()
    assert old is not None
    assert seal.floor == old.pk


def _unguarded(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrow DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_auditseal DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_auditrow ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_auditseal ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("tampering", "reason"),
    [
        ("UPDATE audit_auditrow SET why = 'nicer'", "a row was changed"),
        ("DELETE FROM audit_auditrow WHERE id = (SELECT max(id) FROM audit_auditrow)", "rows are missing"),
        ("DELETE FROM audit_auditseal WHERE id = (SELECT min(id) FROM audit_auditseal)", "a seal is missing"),
    ],
)  # fmt: skip
def test_verify_chain_notices_tampering(db: None, tampering: str, reason: str) -> None:
    write(2)
    services.seal_batch()
    write(2)
    services.seal_batch()
    _unguarded(tampering)
    verdict = services.verify_chain()
    assert verdict.broken is not None
    assert verdict.reason == reason
