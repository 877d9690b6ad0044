"""The compiled steps of an assessment, kept from one process to the next.

Compiling takes seconds, running a plan less: the SQL only depends on this code, its libraries, the columns of
the inputs and the dialect, whose digest names the file it is kept in.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import astuple, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

Columns = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""(table, ((column, Arrow type), …)) of each input."""


@dataclass(frozen=True)
class Step:
    """A named intermediate table: the SQL that makes it and the columns it has."""

    name: str
    sql: str
    columns: tuple[str, ...]


@lru_cache(maxsize=16)
def steps(columns: Columns, dialect: str, hourly: bool, ranks: int, kept: Path | None) -> tuple[Step, ...]:
    """The steps for inputs with these columns, from the folder `kept` when it has them, compiled otherwise."""
    key = hashlib.sha256(json.dumps([columns, dialect, hourly, ranks]).encode()).hexdigest()[:16]
    path = kept / f"{code_digest()}-{key}.json" if kept else None
    if path and (found := _read(path)):
        return found
    from footprint.assessment.plan import plan

    made = plan(columns, dialect, hourly, ranks)
    if path:
        _write(path, made)
    return made


@lru_cache
def code_digest() -> str:
    """Digest of the engine's source and of the libraries that compile it."""
    total = hashlib.sha256("".join(version(name) for name in ("ibis-framework", "sqlglot")).encode())
    here = Path(__file__).parent
    for file in (*sorted(here.rglob("*.py")), here.parent / "lognormal.py"):
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def _read(path: Path) -> tuple[Step, ...] | None:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Step(name, sql, tuple(columns)) for name, sql, columns in rows)
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, made: tuple[Step, ...]) -> None:
    """Keep a plan, and forget those of another version of the code. A folder that can't be written is no matter."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for other in path.parent.glob("*.json"):
            if not other.name.startswith(f"{code_digest()}-"):
                other.unlink(missing_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps([astuple(step) for step in made]), encoding="utf-8")
        draft.replace(path)
    except OSError:
        return
