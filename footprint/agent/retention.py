"""The spool within its size, for as long as the server is away: the oldest records lose detail, never energy.

Records of hosts that are closed go first to one sample an hour, then to one a day, the oldest first. Nothing
is ever deleted. When that is not enough, the record being written keeps one sample an hour of what it holds,
every ten minutes, and the agent says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from collectors.records import Notice
from collectors.spool import SUFFIX, compact, is_being_written, read_spool

HOUR_S = 3600.0
DAY_S = 86400.0
ROLLED = Notice(
    "agent_ancien_regroupe",
    "Place limitée : les plus anciennes mesures de cette machine n'ont plus qu'un relevé par heure ou par jour ; "
    "leur énergie est entière.",
    "Limited space: the oldest records of this host keep one sample an hour or a day; their energy is whole.",
)
FULL = Notice(
    "agent_disque_plein",
    "La place accordée (--max-disk) ne suffit plus : passé dix minutes, un relevé par heure est gardé. Augmentez "
    "la limite ; rien n'est supprimé, aucune énergie n'est perdue.",
    "The space granted (--max-disk) is used up: after ten minutes, one sample an hour is kept. Raise the limit; "
    "nothing is deleted, no energy is lost.",
)


@dataclass(slots=True)
class Retention:
    """Keeps the spool's files under `max_bytes`; remembers what it has rolled up already."""

    folder: Path
    max_bytes: int
    _done: set[tuple[str, float]] = field(default_factory=set)

    def bound(self, current: Path | None = None) -> tuple[int, bool]:
        """Roll up what must be; (files rolled up, whether the spool is still over its size).

        `current`: the file being written, left alone.
        """
        rolled, size = 0, self.size()
        for keep_every_s in (HOUR_S, DAY_S):
            for path in self._candidates(current, keep_every_s):
                if size <= self.max_bytes:
                    return rolled, False
                freed = self._roll(path, keep_every_s)
                rolled, size = rolled + (freed > 0), size - freed
        return rolled, size > self.max_bytes

    def size(self) -> int:
        """Bytes of the records."""
        return sum(_size(path) for path in self.folder.glob(f"*{SUFFIX}"))

    def _candidates(self, current: Path | None, keep_every_s: float) -> list[Path]:
        """Files not yet rolled up so, oldest first: their names begin with their date."""
        paths = sorted(self.folder.glob(f"*{SUFFIX}"))
        return [p for p in paths if p != current and (p.name, keep_every_s) not in self._done]

    def _roll(self, path: Path, keep_every_s: float) -> int:
        """Roll up a record of a host; bytes freed."""
        try:
            if path.is_symlink() or is_being_written(path):
                return 0
            before = _size(path)
            if read_spool(path).header.get("subject") == "host":
                compact(path, keep_every_s)
            self._done.add((path.name, keep_every_s))
            return before - _size(path)
        except OSError:
            return 0  # a disk without room for the new file: tried again later


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
