"""One process per host: a lock the kernel releases when its holder dies, however it dies.

Linux: an abstract Unix socket, that is a name without a file, hence nothing to clean and no permission to
miss. Elsewhere: `flock` on a file of the temporary folder. Two limits, by nature: containers with their
own network namespace each have their own names, and whoever may run programs on the host may take a name
first, which makes the others abstain and harms nothing else.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from pathlib import Path

_PREFIX = "footprint-"
_SHARED_FOLDER = Path("/tmp")
"""Not `tempfile.gettempdir()`: a folder by user would elect one process by user."""


class HostLock:
    """A lock named `name` on this host; it lives as long as this object and its process.

    A forked child inherits it: take it in the process that will keep it.
    """

    def __init__(self, name: str, *, folder: Path | None = None) -> None:
        """`folder`: lock by a file there, instead of this system's own way (tests, other systems)."""
        self.name = name
        self._folder = folder
        self._socket: socket.socket | None = None
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._socket is not None or self._file is not None

    def acquire(self) -> bool:
        """Take the lock without waiting; True when it is ours, False when another process has it.

        Also False where no lock can be made: better nobody counting the machine than everybody.
        """
        if self.held:
            return True
        try:
            if self._folder is None and sys.platform == "linux":
                self._bind()
            else:
                self._lock_file(self._folder or _SHARED_FOLDER)
        except OSError:
            return False
        return self.held

    def release(self) -> None:
        """Give the lock back; without effect when it is not held."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _bind(self) -> None:
        held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            held.bind("\0" + _file_name(self.name))
        except OSError:
            held.close()
            raise
        self._socket = held

    def _lock_file(self, folder: Path) -> None:
        if sys.platform == "win32":
            return  # no flock; the recorder does not run there
        import fcntl

        path = folder / _file_name(self.name)
        # Never through a link set by another user; readable by all is enough to lock.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            opened = os.open(path, flags)
        except FileNotFoundError:
            opened = os.open(path, flags | os.O_CREAT, 0o644)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(opened)
            raise
        self._file = opened


def _file_name(name: str) -> str:
    """A name of bounded length and plain letters, whatever `name` holds."""
    return _PREFIX + hashlib.sha256(name.encode()).hexdigest()[:24] + ".lock"
