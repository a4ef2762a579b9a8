"""How the address of the database becomes the Django setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridpact.core import cluster, database


def test_url_of_the_embedded_server_follows_from_the_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("GRIDPACT_HOME", str(tmp_path / "a" / ".." / "b"))
    folder = cluster.socket_dir(tmp_path / "b")
    assert database.database_url() == f"postgresql://gridpact@/gridpact?host={folder}&port=5432"
    default = database.django_databases()["default"]
    assert (default["HOST"], default["PORT"], default["NAME"]) == (str(folder), "5432", "gridpact")
    assert not folder.exists() and not (tmp_path / "b" / "pg").exists()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://%E7%BD%91:p%40ss@db.example:6432/one%20net?sslmode=require",
            (
                "网",
                "p@ss",
                "db.example",
                "6432",
                "one net",
                {"connect_timeout": 3, "sslmode": "require"},
            ),
        ),
        (
            "postgres:///gp?host=/run/postgresql&user=gp&connect_timeout=9",
            ("gp", "", "/run/postgresql", "", "gp", {"connect_timeout": 9}),
        ),
    ],
)
def test_database_url_becomes_the_django_setting(
    url: str, expected: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    default = database.django_databases()["default"]
    assert default["OPTIONS"].pop("options") == "-c join_collapse_limit=4 -c jit=off"
    keys = ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")
    assert tuple(default[key] for key in keys) == expected
    assert default["CONN_MAX_AGE"] is None


def test_database_url_of_another_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://db.example/x")
    with pytest.raises(ValueError, match="must begin with postgresql://"):
        database.django_databases()
