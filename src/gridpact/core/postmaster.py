"""Making, starting and stopping the PostgreSQL server of one cluster; the caller holds its lock."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from gridpact.core.cluster import (
    DATABASE,
    PORT,
    ROLE,
    SUPERUSER,
    Cluster,
    DatabaseUnavailable,
    client_bin,
    private_folder,
    ready_socket_dir,
    server_bin,
)

# Written into postgresql.conf once, for the owner to tune: two cores, durable commits.
# No commit_delay: measured at 8 connections it costs throughput and gains none.
DEFAULTS = {
    "shared_buffers": "256MB",
    "huge_pages": "off",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_buffers": "16MB",
    # The only method the wheel has costs more than the writing it saves: the first change of
    # 5,000 scattered orders after a checkpoint took about three times as long with it.
    "wal_compression": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
# Given at every start, not open to change: who can connect, and no personal data in the log.
FIXED = {
    "listen_addresses": "",
    "port": str(PORT),
    "fsync": "on",
    "synchronous_commit": "on",
    "logging_collector": "on",
    "log_directory": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For test runs (`GRIDPACT_PG_FAST=1`): a crash of the machine may cost everything.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
RECOVERY_SECONDS = 300
LEFTOVER_SECONDS = 10


def answers(cluster: Cluster) -> bool:
    """Whether the server of exactly this data directory runs and has the database."""
    if not (cluster.data / "postmaster.pid").exists():
        return False
    # the folder could belong to a home that was deleted and made anew under the same name
    done = query(cluster, DATABASE, "SHOW data_directory")
    return done.returncode == 0 and Path(done.stdout.strip()) == cluster.data


def query(cluster: Cluster, database: str, sql: str) -> subprocess.CompletedProcess[str]:
    """Run one statement with psql as the cluster's superuser; bare rows on stdout."""
    return subprocess.run(
        [client_bin() / "psql", "-XAtq", "-h", cluster.sockets, "-p", str(PORT), "-U", SUPERUSER,
         "-d", database, "-v", "ON_ERROR_STOP=1", "-c", sql],
        env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def create(cluster: Cluster) -> None:
    """Make the data directory; it appears under its name only when it is complete."""
    draft = cluster.data.with_name(cluster.data.name + ".new")
    if draft.exists():
        shutil.rmtree(draft)
    private_folder(draft, cluster.account)
    options = [f"--set={key}={value}" for key, value in DEFAULTS.items()]
    if _fast():
        options.append("--no-sync")
    done = _run(
        cluster,
        [server_bin(cluster.account) / "initdb", "-D", draft, "-U", SUPERUSER, "-A", "trust",
         "-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
         "--text-search-config=simple", "--no-instructions", *options],
    )  # fmt: skip
    if done.returncode != 0:
        raise DatabaseUnavailable(_reason(done.stderr) or "initdb failed")
    draft.rename(cluster.data)


def start(cluster: Cluster) -> None:
    """Start the server, whatever its last end was, and see that role and database exist.

    Waits for crash recovery (`RECOVERY_SECONDS` at most). Raises `DatabaseUnavailable`.
    """
    if not _await_running(cluster):
        _clear_leftovers(cluster)
        ready_socket_dir(cluster)
        _launch(cluster)
    _ensure_database(cluster)


def stop(name: str, uid: int) -> None:
    """Stop every server called `name` of user `uid`: in order, then by force."""
    for number, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, LEFTOVER_SECONDS)):
        for pid in _postmasters(name, uid):
            _signal(pid, number)
        if _await_gone(name, uid, patience):
            return
    for pid, _arguments in _processes(name, uid):
        _signal(pid, signal.SIGKILL)


def postmaster_pid(cluster: Cluster) -> int | None:
    """The process id of the running server of this data directory, if there is one."""
    try:
        recorded = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return recorded if recorded in _postmasters(cluster.name, cluster.uid) else None


def _fast() -> bool:
    return os.environ.get("GRIDPACT_PG_FAST") == "1"


def _launch(cluster: Cluster) -> None:
    settings = FIXED | (FAST if _fast() else {}) | {
        "unix_socket_directories": str(cluster.sockets),
        "cluster_name": cluster.name,
    }  # fmt: skip
    options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
    log = cluster.data / "start.log"
    written = log.stat().st_size if log.exists() else 0
    done = _run(
        cluster,
        [server_bin(cluster.account) / "pg_ctl", "start", "-s", "-w", "-t", str(RECOVERY_SECONDS),
         "-D", cluster.data, "-l", log, "-o", options],
    )  # fmt: skip
    if done.returncode != 0:
        said = log.read_bytes()[written:].decode(errors="replace") if log.exists() else ""
        raise DatabaseUnavailable(_reason(said) or _last_logged(cluster) or _reason(done.stderr))


def _ensure_database(cluster: Cluster) -> None:
    def ask(sql: str) -> str:
        done = query(cluster, SUPERUSER, sql)
        if done.returncode != 0:
            raise DatabaseUnavailable(_reason(done.stderr))
        return done.stdout.strip()

    if ask(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
        return
    if not ask(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"):
        # no superuser: what works here works with an ordinary role on the owner's server
        ask(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    ask(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _await_running(cluster: Cluster) -> bool:
    """Wait for a server that is up or on its way (starting, recovering); False if there is none."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while postmaster_pid(cluster) is not None:
        if query(cluster, SUPERUSER, "SELECT 1").returncode == 0:
            return True
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(f"the server of {cluster.home} does not answer")
        time.sleep(0.05)
    return False


def _clear_leftovers(cluster: Cluster) -> None:
    """End what a killed server or a deleted home left behind, then its stale lock files.

    A lock file may name a process id that something else has by now; PostgreSQL would refuse to
    start. It is removed only when no process of the cluster is left.
    """
    for pid in _postmasters(cluster.name, cluster.uid):
        _signal(pid, signal.SIGQUIT)
    if not _await_gone(cluster.name, cluster.uid, LEFTOVER_SECONDS):
        for pid, _arguments in _processes(cluster.name, cluster.uid):
            _signal(pid, signal.SIGKILL)
        if not _await_gone(cluster.name, cluster.uid, LEFTOVER_SECONDS):
            raise DatabaseUnavailable(f"an earlier server of {cluster.home} does not end")
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    if cluster.sockets.is_dir() and cluster.sockets.lstat().st_uid == cluster.uid:
        for left in cluster.sockets.glob(f".s.PGSQL.{PORT}*"):
            left.unlink(missing_ok=True)


def _await_gone(name: str, uid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while next(_processes(name, uid), None) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _postmasters(name: str, uid: int) -> list[int]:
    return [pid for pid, arguments in _processes(name, uid) if f"cluster_name={name}" in arguments]


def _processes(name: str, uid: int) -> Iterator[tuple[int, list[str]]]:
    """The server's processes, known by their command lines.

    Root in a container may read those of other users, but not their working folders.
    """
    for pid, owner, arguments in _all_processes():
        if owner == uid and (
            f"cluster_name={name}" in arguments or arguments[0].startswith(f"postgres: {name}: ")
        ):
            yield pid, arguments


def _all_processes() -> Iterator[tuple[int, int, list[str]]]:
    """Process id, user id and arguments of everything that runs and is not a zombie."""
    if not Path("/proc/self/cmdline").exists():
        listing = ["ps", "-axww", "-o", "pid=,uid=,args="]
        listed = subprocess.run(listing, capture_output=True, text=True, check=True)
        for row in listed.stdout.splitlines():
            pid, uid, command = row.split(None, 2)
            yield int(pid), int(uid), [command, *command.split()]
        return
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                owner = entry.stat().st_uid
                line = (entry / "cmdline").read_bytes()
            except OSError:  # it ended meanwhile
                continue
            if line:
                yield int(entry.name), owner, os.fsdecode(line).split("\0")


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _run(cluster: Cluster, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a server program as the server's account, apart from our terminal and its signals."""
    account = cluster.account
    return subprocess.run(
        command, env=_environment(), cwd="/", umask=0o077, start_new_session=True,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )  # fmt: skip


def _environment() -> dict[str, str]:
    """Our environment without the PG* variables that would change what the programs do."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {"LC_ALL": "C", "PGCONNECT_TIMEOUT": "3"}


def _last_logged(cluster: Cluster) -> str:
    logs = sorted((cluster.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    return _reason(logs[-1].read_text(errors="replace")) if logs else ""


def _reason(output: str) -> str:
    """The last line of a program's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marks = ("FATAL:", "PANIC:", "ERROR:", "error:")
    for mark, line in ((mark, line) for line in reversed(lines) for mark in marks):
        if mark in line:
            return line.split(mark, 1)[1].strip()
    return lines[-1] if lines else ""
