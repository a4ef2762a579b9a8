from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from gridpact.audit.models import AuditRow
from gridpact.audit.services import seal_batch
from gridpact.cli.main import main
from gridpact.grid.models import Appointment, Cell
from gridpact.orgs.models import Org, OrgMember
from tests.factories.world import GRID, ZHIHE, World

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Commands choose a language for their process; the suite keeps its own."""
    language = translation.get_language()
    yield
    translation.activate(language or settings.LANGUAGE_CODE)


def run(capsys: Captured, *args: object) -> tuple[int, Any]:
    """Exit code and JSON answer of one command."""
    capsys.readouterr()
    code = main([*(str(arg) for arg in args), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--help"], 0),
        (["load", "--help"], 0),
        (["--version"], 0),
        ([], 2),
        (["fly"], 2),
        (["load", "moods", "x"], 2),
        (["locate", "east", "north"], 2),
        (["figures", "--from", "yesterday"], 2),
        (["serve", "--port", "0"], 2),
        (["serve", "--workers", "0"], 2),
    ],
)
def test_wrong_usage_is_2_and_help_is_0(args: list[str], code: int) -> None:
    assert main(args) == code


def test_locate_says_cell_path_and_reason(world: World, capsys: Captured) -> None:
    code, answer = run(capsys, "locate", "110.17", "25.15")
    assert code == 0
    assert (answer["cell"], answer["reason"]) == (f"{ZHIHE}002", "polygon")
    assert answer["path"].startswith("临桂镇")


@pytest.mark.parametrize("point", [("1.0", "1.0"), ("nan", "25"), ("500", "25")])
def test_a_point_elsewhere_is_refused_in_one_sentence(
    world: World, capsys: Captured, point: tuple[str, str]
) -> None:
    assert main(["locate", *point]) == 1
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert err.startswith("gridpact: ")


def test_figures_are_one_json_object(world: World, capsys: Captured) -> None:
    code, found = run(capsys, "figures", "--cell", ZHIHE)
    assert (code, found["grids"]["value"]) == (0, 2)
    assert found["resolve_rate"] == {"value": None, "numerator": 0, "denominator": 0}


def test_a_changed_audit_row_breaks_the_chain(world: World, capsys: Captured) -> None:
    world.order()
    while seal_batch():
        pass
    assert run(capsys, "audit", "verify")[0] == 0
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrow DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_auditrow SET why = 'other' WHERE id = %s", [last_row()])
        cursor.execute("ALTER TABLE audit_auditrow ENABLE TRIGGER USER")
    code, verdict = run(capsys, "audit", "verify")
    assert (code, verdict["intact"], verdict["reason"]) == (1, False, "a row was changed")


def last_row() -> int:
    return AuditRow.objects.values_list("pk", flat=True)[0]


CASES = [
    (kind, suffix)
    for kind in ("divisions", "posts", "orgs", "members")
    for suffix in ("csv", "xlsx")
]


@pytest.mark.parametrize(("kind", "suffix"), [*CASES, ("cells", "geojson")])
def test_an_export_is_loaded_again_without_change(
    world: World, capsys: Captured, tmp_path: Path, kind: str, suffix: str
) -> None:
    path = tmp_path / f"{kind}.{suffix}"
    code, written = run(capsys, "export", kind, path)
    assert (code, written["rows"] > 0) == (0, True)
    logged = AuditRow.objects.count()
    code, report = run(capsys, "load", kind, path)
    assert (code, report["accepted"], report["unchanged"]) == (0, 0, written["rows"])
    assert (report["rejected"], AuditRow.objects.count()) == ([], logged)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "geojson"])
def test_an_export_can_be_cut_to_a_cell_and_a_day(
    world: World, capsys: Captured, tmp_path: Path, suffix: str
) -> None:
    kind = "cells" if suffix == "geojson" else "posts"
    path = tmp_path / f"part.{suffix}"
    code, part = run(capsys, "export", kind, path, "--cell", GRID)
    inside = Cell.objects.filter(code__startswith=GRID)
    terms = Appointment.objects.filter(cell__in=inside)
    assert (code, part["rows"]) == (0, inside.count() if kind == "cells" else terms.count())
    code, early = run(capsys, "export", kind, path, "--as-of", "1999-01-01")
    assert (code, early["rows"]) == (0, 0)
    assert main(["export", kind, str(path), "--cell", "1"]) == 1


@pytest.mark.parametrize("kind", ["divisions", "posts", "orgs", "members"])
def test_a_template_holds_no_rows(
    world: World, capsys: Captured, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "template.xlsx"
    assert run(capsys, "template", kind, path)[0] == 0
    code, report = run(capsys, "load", kind, path)
    assert (code, report["accepted"], report["rejected"]) == (0, 0, [])
    assert main(["template", kind, str(tmp_path / "template.doc")]) == 1


@pytest.mark.parametrize("kind", ["cells", "orders"])
def test_what_has_no_template_is_refused(world: World, tmp_path: Path, kind: str) -> None:
    assert main(["template", kind, str(tmp_path / "t.xlsx")]) == 1


def test_organisations_and_members_come_from_a_table(
    world: World, capsys: Captured, tmp_path: Path
) -> None:
    orgs, members = tmp_path / "orgs.csv", tmp_path / "members.csv"
    orgs.write_text(
        f"code,name,kind,cell\nbank,青禾商行,private_firm,{ZHIHE}\n", encoding="gb18030"
    )
    members.write_text(
        "username,name,org,role\nliaison-2,韦小林,bank,LIAISON\n", encoding="utf-8-sig"
    )
    assert run(capsys, "load", "orgs", orgs)[1]["accepted"] == 1
    assert run(capsys, "load", "members", members)[1]["accepted"] == 1
    assert Org.objects.get(code="bank").cell == world.cells[ZHIHE]
    assert OrgMember.objects.get(user__username="liaison-2").org.code == "bank"
    assert run(capsys, "load", "members", members)[1]["unchanged"] == 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("orgs", "code,name,kind\ngood,好单位,SCHOOL\nbad,坏单位,CIRCUS\n"),
        ("orgs", "code,name,kind\ngood,好单位,SCHOOL\n,无代码,SCHOOL\n"),
        ("orgs", "code,name,kind,cell\ngood,好单位,SCHOOL,\nbad,坏单位,SCHOOL,1\n"),
        ("members", "username,org,role\nvolunteer,school,LIAISON\nvolunteer,none,MEMBER\n"),
        (
            "members",
            "username,org,role,starts\nvolunteer,school,LIAISON,\nvolunteer,school,KING,\n",
        ),
        ("posts", f"username,kind,cell\nvolunteer,liaison_cadre,{GRID}\nvolunteer,king,{GRID}\n"),
        ("divisions", "code,name\n450312109,新镇\n450399001,别处\n"),
    ],
)
def test_a_bad_row_rejects_the_whole_register(
    world: World, capsys: Captured, tmp_path: Path, *, kind: str, text: str
) -> None:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    counts = [model.objects.count() for model in (Org, OrgMember, Appointment, Cell)]
    code, report = run(capsys, "load", kind, path)
    assert (code, report["saved"]) == (1, False)
    assert [each["row"] for each in report["rejected"]] == [3]
    assert [model.objects.count() for model in (Org, OrgMember, Appointment, Cell)] == counts
    assert run(capsys, "load", kind, path, "--dry-run")[0] == 0


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("cells", "cells.geojson", "{"),
        ("cells", "cells.geojson", "[]"),
        ("posts", "posts.csv", "username,cell\na,b\n"),
        ("posts", "posts.pdf", "%PDF-1.4"),
        ("orgs", "orgs.csv", ""),
    ],
)
def test_an_unusable_file_is_refused_in_one_sentence(
    world: World, capsys: Captured, tmp_path: Path, *, kind: str, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert main(["load", kind, str(path)]) == 1
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)


def test_a_missing_file_an_unknown_actor_and_a_stray_option_are_refused(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "orgs.csv"
    assert main(["load", "orgs", str(path)]) == 1
    path.write_text("code,name,kind\nbank,青禾商行,PRIVATE_FIRM\n", encoding="utf-8")
    assert main(["load", "orgs", str(path), "--actor", "nobody"]) == 1
    assert main(["load", "orgs", str(path), "--cell", ZHIHE]) == 1
    assert main(["load", "orgs", str(path), "--actor", "worker"]) == 1
    assert not Org.objects.filter(code="bank").exists()
    assert main(["load", "orgs", str(path), "--actor", "zhihe"]) == 0


def test_doctor_lists_findings_and_minds_the_keys(world: World, capsys: Captured) -> None:
    code, report = run(capsys, "doctor")
    checks = {each["check"]: each["level"] for each in report["findings"]}
    assert checks["database"] == checks["migrations"] == checks["keys"] == "ok"
    assert checks["worker"] == "warning"
    key = Path(settings.HOME) / "keys" / "field"
    key.chmod(0o644)
    try:
        code, report = run(capsys, "doctor")
    finally:
        key.chmod(0o600)
    assert (code, report["ok"]) == (1, False)


def test_a_database_that_is_away_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gridpact.cli", "figures"],
        env=os.environ
        | {
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "GRIDPACT_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "gridpact.config.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gridpact: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_taken_port_is_refused_at_once(capsys: Captured) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert main(["serve", "--port", str(other.getsockname()[1])]) == 1
    assert "cannot listen" in capsys.readouterr().err


def test_orders_are_exported_to_csv_and_loaded_again_without_change(
    world: World, capsys: Captured, tmp_path: Path
) -> None:
    world.order()
    path = tmp_path / "orders.csv"
    code, written = run(capsys, "export", "orders", path, "--from", "2020-01-01")
    assert (code, written["rows"]) == (0, 1)
    code, report = run(capsys, "load", "orders", path)
    assert (code, report["accepted"], report["unchanged"]) == (0, 0, 1)
    assert main(["export", "orders", str(tmp_path / "orders.xlsx")]) == 1
