"""What the API tells of a check of files, and of the import that came of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from footprint.store.batches import FileRead
from footprint.texts import say
from footprint.uploads import checking, folder, jobs
from footprint.uploads.found import Different, Recognised
from pos_map import Unmatched

FINDINGS = 200
"""Findings told with a check; all of them are at its address /findings."""
REMEMBERED = 1_000
State = Literal["running", "faulty", "ready", "refused", "imported"]


@dataclass(frozen=True, slots=True)
class Progress:
    """The file being read and the rows read so far."""

    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class ImportDone:
    """The number of the import (null: nothing changed), and by table how many entries changed."""

    number: int | None
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong somewhere; `line` counts from 1, null for a whole file; `mend` is what to write instead."""

    file: str
    sheet: str
    line: int | None
    column: str
    value: str
    rule: str
    severity: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check. `state`: running; faulty (errors: send the files again); ready (to be confirmed); refused (`reason`
    says why; check again); imported. `changes` tells the differences with the campaign or, when it is empty, with
    that of the year `against`; `lost` names the tables it would empty."""

    id: str
    state: State
    mode: str = ""
    reason: str | None = None
    progress: Progress | None = None
    errors: int = 0
    warnings: int = 0
    findings: tuple[Finding, ...] = ()
    files: tuple[FileRead, ...] = ()
    tables: tuple[Recognised, ...] = ()
    against: int | None = None
    lost: tuple[str, ...] = ()
    changes: tuple[Different, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    imported: ImportDone | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LastImport:
    """The number of the import to undo, which must be the last."""

    number: int


class Outcomes:
    """What confirmed checks became, as their files are gone by then: of this process, the last ones."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, ImportDone]] = {}
        self._lock = threading.Lock()

    def keep(self, identifier: str, login: str, done: ImportDone) -> None:
        """Remember what a check of this person became."""
        with self._lock:
            self._kept[identifier] = (login, done)
            while len(self._kept) > REMEMBERED:
                self._kept.pop(next(iter(self._kept)))

    def of(self, identifier: str, login: str) -> ImportDone | None:
        """What a check became; None when it was not imported, or is someone else's."""
        with self._lock:
            owner, done = self._kept.get(identifier, ("", None))
        return done if owner == login else None


def checked(upload: folder.Upload) -> CheckView:
    """What is known of a check."""
    if jobs.is_running(upload.id):
        return CheckView(upload.id, "running", upload.mode, progress=Progress(*checking.progress(upload)))
    refused, found = checking.refusal(upload), checking.found(upload)
    reason = say(*refused) if refused else None
    if found is None:
        return CheckView(upload.id, "refused", upload.mode, reason)
    return CheckView(
        upload.id,
        "faulty" if found.errors else "ready",
        upload.mode,
        reason,
        None,
        found.errors,
        found.warnings,
        tuple(_finding(fault) for fault in (upload.read(checking.FAULTS) or [])[:FINDINGS]),
        found.files,
        found.tables,
        found.against,
        found.lost,
        found.changes,
        found.unmatched,
    )


def _finding(fault: Mapping[str, Any]) -> Finding:
    same = {name: fault[name] for name in ("file", "sheet", "line", "column", "value", "severity")}
    return Finding(
        **same, rule=fault["code"], message=say(fault["fr"], fault["en"]), mend=fault.get("mend", "")
    )
