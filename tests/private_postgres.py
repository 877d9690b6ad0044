"""A PostgreSQL of one's own for the time of a test: a cluster in a temporary folder, on a socket there."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

ACCOUNT = "essai"
PASSWORD = "pa#ss:w/o%rd"  # all that an address must escape


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, the newest version, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return debian[-1].parent if debian else None


@contextmanager
def running(where: Path) -> Iterator[str]:
    """The address of a new cluster, stopped and removed at the end; `where`: of `programs`."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short: a socket's path is 107 bytes at most
    owner = _owner()
    try:
        (folder / "password").write_text(PASSWORD)
        for path in (folder, folder / "password"):
            shutil.chown(path, owner or os.getuid())
        data = folder / "data"
        # A machine of another language and alphabet: the results must not change.
        _run(owner, where / "initdb", "-D", data, "-U", ACCOUNT, "-A", "scram-sha-256",
             "--pwfile", folder / "password", "-E", "UTF8", "--no-sync", f"--locale={_locale()}")  # fmt: skip
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        _run(owner, where / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
        try:
            yield f"postgresql://{ACCOUNT}:{quote(PASSWORD, safe='')}@/postgres?host={folder}"
        finally:
            _run(owner, where / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    """Who runs it when we are root, whom PostgreSQL refuses."""
    if os.getuid() != 0:
        return None
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _locale() -> str:
    """A locale of this machine that sorts by words rather than by bytes, where it has one."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    return next((name for name in listed if name.lower() in ("fr_fr.utf8", "en_us.utf8")), "C.UTF-8")


def _run(owner: str | None, *command: object) -> None:
    given: dict[str, Any] = (
        {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}
    )
    # To a file: the server that pg_ctl leaves behind would keep a pipe open.
    with tempfile.TemporaryFile() as said:
        ran = subprocess.run(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/",
            check=False, timeout=120, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **given,
        )  # fmt: skip
        said.seek(0)
        assert ran.returncode == 0, said.read().decode()
