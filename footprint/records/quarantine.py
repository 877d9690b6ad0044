"""What cannot be used of a spool: set aside with its reason and count, never deleted, never in the way.

In `<home>/spool/quarantine`: for each file, `<run>.jsonl` says what was set aside (first line: the file,
whether whole, the counts by reason; then an extract of the bad lines, bounded); a file set aside whole is
moved there under its name with ".bad". All of it is readable by its owner alone and stays on this machine.
Standard library only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footprint.home import spool_dir
from footprint.texts import say

FOLDER = "quarantine"
WHOLE_SUFFIX = ".bad"
MOST_LINES = 200
"""Bad lines copied from one file; all are counted."""
LONGEST_EXTRACT = 500

REASONS: dict[str, tuple[str, str]] = {
    "tronquée": ("coupée en cours d’écriture", "cut while being written"),
    "illisible": ("illisible", "unreadable"),
    "longue": ("plus longue que toute ligne de mesure", "longer than any line of ours"),
    "forme": ("d’une forme inconnue", "of an unknown form"),
    "version": ("d’une autre version de footprint", "of another version of footprint"),
    "doublon": ("déjà présente", "already there"),
    "valeur": ("à valeurs impossibles", "with impossible values"),
    "futur": ("datée du futur", "dated in the future"),
    "puissance": ("d’une puissance impossible", "of an impossible power"),
    "pas_un_fichier": ("n’est pas un fichier ordinaire", "is no ordinary file"),
    "taille": ("plus gros que toute mesure", "larger than any record"),
    "droits": ("ne peut être lu (droits)", "can't be read (permissions)"),
    "entete": (
        "en-tête perdu : personne ne sait ce qui a été mesuré",
        "header lost: what was measured is unknown",
    ),
    "sujet": ("sujet inconnu", "unknown subject"),
    "dates": ("dates impossibles", "impossible dates"),
    "sans_energie": ("aucun relevé utilisable", "no usable sample"),
    "copie": ("copie d’une mesure déjà là", "copy of a record already there"),
    "applications": ("trop d’applications", "too many applications"),
    "identifiant": ("identifiant autre que celui annoncé", "another identifier than announced"),
}
"""Reason code -> its words in French and English. A line's reasons come first, a file's after."""


class Unusable(Exception):
    """Nothing can be made of a record; `reason` is its code in `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was set aside of a file: lines by reason, or all of it (`whole`, its reason counting once)."""

    file: str
    counts: dict[str, int]
    whole: bool

    def __str__(self) -> str:
        if self.whole:
            reason = ", ".join(words(code) for code in self.counts)
            return say(f"{self.file} : mis à part, {reason}", f"{self.file}: set aside, {reason}")
        lines = ", ".join(f"{n} {words(code)}" for code, n in self.counts.items())
        total = sum(self.counts.values())
        s = "s" if total != 1 else ""
        return say(
            f"{self.file} : {total} ligne{s} mise{s} à part ({lines})",
            f"{self.file}: {total} line{s} set aside ({lines})",
        )


def words(code: str) -> str:
    """A reason in the current language."""
    return say(*REASONS.get(code, (code, code)))


def counted(bad: Sequence[tuple[int, str]]) -> dict[str, int]:
    """Bad lines by reason, in the order they were met."""
    counts: dict[str, int] = {}
    for _, reason in bad:
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def keep_lines(path: Path, bad: Sequence[tuple[int, str]]) -> SetAside:
    """Copy the bad lines (number from 1, reason) of a spool file into the quarantine; the file is untouched.

    A disk that refuses the copy changes nothing to the count returned.
    """
    aside = SetAside(path.name, counted(bad), whole=False)
    with suppress(OSError):
        lines = path.read_bytes().split(b"\n")
        extracts = [
            {"line": number, "reason": reason, "text": _extract(lines[number - 1])}
            for number, reason in bad[:MOST_LINES]
            if number <= len(lines)
        ]
        _note(path, aside, extracts)
    return aside


def move_whole(path: Path, reason: str) -> SetAside:
    """Move what no record can be made of out of the way, whatever it is; where it can't be, it stays."""
    aside = SetAside(path.name, {reason: 1}, whole=True)
    with suppress(OSError):
        _note(path, aside, [])
        path.rename(_free(path.parent / FOLDER / (path.name + WHOLE_SUFFIX)))
    return aside


def listing(home: Path | None = None) -> tuple[SetAside, ...]:
    """What was set aside here, by name of file. A note that can't be read is passed over."""
    found = []
    for path in sorted((spool_dir(home) / FOLDER).glob("*.jsonl")):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            with path.open(encoding="utf-8") as note:
                first = json.loads(note.readline(65536))
            counts = {str(code): int(n) for code, n in first["counts"].items()}
            found.append(SetAside(str(first["file"]), counts, first["whole"] is True))
    return tuple(found)


def _note(path: Path, aside: SetAside, extracts: Sequence[dict[str, Any]]) -> None:
    folder = path.parent / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    first = {"file": aside.file, "whole": aside.whole, "counts": aside.counts}
    text = "".join(json.dumps(line) + "\n" for line in (first, *extracts))
    draft = folder / (path.stem + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
    draft.replace(folder / (path.stem + ".jsonl"))


def _extract(raw: bytes) -> str:
    return raw[:LONGEST_EXTRACT].decode("utf-8", "replace")


def _free(path: Path) -> Path:
    """A name nothing has yet."""
    number = 1
    found = path
    while found.exists() or found.is_symlink():
        number += 1
        found = path.with_name(f"{path.name}.{number}")
    return found
