"""The keeper: a small process beside the embedded server that stops it when its last user has gone.

Users hold a shared lock on a file; the kernel drops it however they end, also by SIGKILL.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gridpact.core.cluster import Cluster, cluster_name, socket_dir
from gridpact.core.postmaster import stop

_held: dict[Path, int] = {}


@contextmanager
def starting_or_stopping(home: Path) -> Iterator[None]:
    """Hold `pg.lock`: one process at a time starts or stops the server of `home`."""
    lock = _open(home / "pg.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def become_user(home: Path) -> None:
    """Count this process among the server's users until it ends; call it inside the lock."""
    path = home / "pg.users"
    held = _held.get(home)
    if held is not None and _is_at(held, path):
        return
    if held is not None:  # the home was deleted and made anew
        os.close(held)
    users = _open(path)
    fcntl.flock(users, fcntl.LOCK_SH)
    _held[home] = users


def ensure_keeper(cluster: Cluster) -> None:
    """Start a keeper unless one lives; it inherits the lock that says so."""
    alive = _open(cluster.home / "pg.keeper")
    try:
        if not _try_lock(alive):
            return
        source = Path(__file__).resolve().parents[2]
        # -S: it needs the standard library only, and stays small
        command = [sys.executable, "-S", "-m", "gridpact.core.keeper"]
        subprocess.run(
            [*command, str(alive), str(cluster.uid), str(cluster.home)],
            env=os.environ | {"PYTHONPATH": str(source)}, cwd="/", pass_fds=(alive,),
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=True,
        )  # fmt: skip
    finally:
        os.close(alive)


def keeper_lives(home: Path) -> bool:
    """Whether a keeper watches over `home`."""
    path = home / "pg.keeper"
    if not path.exists():
        return False
    probe = _open(path)
    try:
        return not _try_lock(probe)
    finally:
        os.close(probe)


def keep(home: Path, uid: int) -> None:
    """Wait until no user is left, then stop the server."""
    users, lock = _open(home / "pg.users"), _open(home / "pg.lock")
    while True:
        fcntl.flock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        # somebody may start right now: only who holds `pg.lock` may decide
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _try_lock(users):
            break
        fcntl.flock(lock, fcntl.LOCK_UN)
    if (home / "pg.lock").exists() and not _is_at(lock, home / "pg.lock"):
        return  # the home was deleted and made anew, and the server is that of the new one
    stop(cluster_name(home), uid)
    shutil.rmtree(socket_dir(home), ignore_errors=True)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether an open file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def main() -> None:
    """`keeper LOCK_DESCRIPTOR UID HOME`: leave the starting process, then keep."""
    if os.fork():
        os._exit(0)
    keep(Path(sys.argv[3]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
