"""The database of this installation: what `DATABASE_URL` names, else the embedded PostgreSQL."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from gridpact.core import keeper, paths, postmaster
from gridpact.core.cluster import (
    DATABASE,
    PORT,
    ROLE,
    DatabaseUnavailable,
    client_bin,
    find_cluster,
    plan_cluster,
    remember_cluster,
    socket_dir,
    user_name,
)

__all__ = [
    "DatabaseUnavailable",
    "ServerStatus",
    "database_url",
    "django_databases",
    "ensure_running",
    "pg_dump_path",
    "psql_path",
    "server_status",
]


@dataclass(frozen=True)
class ServerStatus:
    """What `doctor` says of the database; all but `external` concerns the embedded server."""

    external: bool
    running: bool
    pid: int | None
    data_dir: Path | None
    socket_dir: Path
    run_as: str | None
    keeper_alive: bool


# Lists join up to eight small tables: planning every order of them took longer than running one.
_SESSION = "-c join_collapse_limit=4 -c jit=off"


def database_url() -> str:
    """`DATABASE_URL`, else the address of `GRIDPACT_HOME`'s embedded server; starts nothing."""
    given = _external_url()
    if given:
        return given
    return f"postgresql://{ROLE}@/{DATABASE}?host={socket_dir(paths.home())}&port={PORT}"


def django_databases() -> dict[str, dict[str, Any]]:
    """The Django setting `DATABASES` for `database_url()`; other URL parameters go to libpq."""
    parts = urlsplit(database_url())
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("DATABASE_URL must begin with postgresql://")
    options: dict[str, Any] = {
        "connect_timeout": 3,
        "options": _SESSION,
        **dict(parse_qsl(parts.query)),
    }
    host = options.pop("host", None) or unquote(parts.hostname or "")
    port = options.pop("port", None) or parts.port or ""
    options["connect_timeout"] = int(options["connect_timeout"])
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": options.pop("dbname", None) or unquote(parts.path.lstrip("/")),
            "USER": options.pop("user", None) or unquote(parts.username or ""),
            "PASSWORD": options.pop("password", None) or unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(port),
            "CONN_MAX_AGE": None,
            "OPTIONS": options,
        }
    }


def ensure_running() -> None:
    """See that the database can be used, and count this process among the embedded server's users.

    Does nothing when `DATABASE_URL` is set. Else makes the cluster on first use, starts the server
    unless it runs, and recovers it after a kill; the server stops after the last process that
    called this has ended. Every process calls it for itself; calling again is cheap (10 ms).
    Raises `DatabaseUnavailable`.
    """
    if _external_url():
        return
    try:
        home = paths.home()
        with keeper.starting_or_stopping(home):
            _ensure_server(home)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise DatabaseUnavailable(f"{error.strerror or error}{where}") from error
    except subprocess.SubprocessError as error:
        raise DatabaseUnavailable(str(error)) from error


def server_status(home: Path | None = None) -> ServerStatus:
    """The state of the embedded server of `home` (default `GRIDPACT_HOME`); starts nothing."""
    home = paths.home() if home is None else home.resolve()
    external = _external_url() is not None
    cluster = None if external else find_cluster(home)
    if cluster is None:
        return ServerStatus(external, False, None, None, socket_dir(home), None, False)
    return ServerStatus(
        external=False,
        running=postmaster.answers(cluster),
        pid=postmaster.postmaster_pid(cluster),
        data_dir=cluster.data,
        socket_dir=cluster.sockets,
        run_as=user_name(cluster.uid),
        keeper_alive=keeper.keeper_lives(home),
    )


def psql_path() -> Path:
    """The `psql` program that fits the embedded server."""
    return client_bin() / "psql"


def pg_dump_path() -> Path:
    """The `pg_dump` program that fits the embedded server."""
    return client_bin() / "pg_dump"


def _external_url() -> str | None:
    return os.environ.get("DATABASE_URL", "").strip() or None


def _ensure_server(home: Path) -> None:
    keeper.become_user(home)
    cluster = find_cluster(home)
    if cluster is None:
        cluster = plan_cluster(home)
        postmaster.create(cluster)
        remember_cluster(cluster)
    # the keeper first: should we be killed now, it will stop what we are about to start
    keeper.ensure_keeper(cluster)
    if not postmaster.answers(cluster):
        postmaster.start(cluster)
