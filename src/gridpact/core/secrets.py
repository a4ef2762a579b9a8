"""Keys of this installation: from the environment, else made once and kept in the data folder."""

from __future__ import annotations

import base64
import os
import secrets as stdlib_secrets
from contextlib import suppress
from pathlib import Path


def _kept(home: Path, name: str, make: bytes) -> bytes:
    """Return the content of `home/keys/name`, creating it (mode 0600) on first use; race-safe."""
    folder = home / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        temporary = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(make)
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):  # another process was first: theirs is the key
            os.link(temporary, path)
        temporary.unlink()
    return path.read_bytes()


def secret_key(home: Path) -> str:
    """Django's signing key: `GRIDPACT_SECRET_KEY`, else the one kept in the data folder."""
    given = os.environ.get("GRIDPACT_SECRET_KEY")
    if given:
        return given
    return _kept(home, "secret", stdlib_secrets.token_urlsafe(50).encode()).decode()


def field_key(home: Path) -> bytes:
    """32 bytes that encrypt personal fields: `GRIDPACT_FIELD_KEY` (base64), else the kept one."""
    given = os.environ.get("GRIDPACT_FIELD_KEY")
    if given:
        key = base64.b64decode(given)
        if len(key) != 32:
            raise ValueError("GRIDPACT_FIELD_KEY must be 32 bytes in base64")
        return key
    return _kept(home, "field", stdlib_secrets.token_bytes(32))
