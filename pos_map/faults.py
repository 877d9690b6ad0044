"""What is wrong in a file, where, and what was expected: data, never an exception.

Reading raises nothing about content: it returns every fault found, so that a file is mended once.
Each fault is complete in French and in English.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_map.contacts import without_mail

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `line` counts from 1 as the editor or the spreadsheet shows it; None: the whole file.

    `sheet` is "" for a CSV; `column` is the header as written; `value` is what was read;
    `fr` and `en` are complete sentences that name the expectation; `mend` is what to write instead, "" where
    nothing is certain.
    """

    file: str
    sheet: str
    line: int | None
    column: str
    value: str
    code: str
    severity: Severity
    fr: str
    en: str
    mend: str = ""

    def __str__(self) -> str:
        """The French sentence."""
        return self.fr


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: file, sheet ("" for a CSV), line from 1 (None: the whole file or sheet)."""

    file: str
    sheet: str = ""
    line: int | None = None

    def fr(self) -> str:
        """The place in French: "ligne 4 de equipements.csv"."""
        return self._said("ligne {line} de {file}", "{file}, feuille {sheet}")

    def en(self) -> str:
        """The place in English: "line 4 of equipements.csv"."""
        return self._said("line {line} of {file}", "{file}, sheet {sheet}")

    def fault(
        self,
        code: str,
        severity: Severity,
        fr: str,
        en: str,
        column: str = "",
        value: str = "",
        mend: str = "",
    ) -> Fault:
        """A fault standing here; it repeats no e-mail address, wherever the cell came from."""
        fr, en, value, mend = map(without_mail, (fr, en, value, mend))
        return Fault(self.file, self.sheet, self.line, column, value, code, severity, fr, en, mend)

    def _said(self, line: str, sheet: str) -> str:
        file = sheet.format(file=self.file, sheet=self.sheet) if self.sheet else self.file
        return line.format(line=self.line, file=file)


def proposal(near: tuple[str, ...]) -> tuple[str, str]:
    """The end of a sentence that proposes near matches, in French and English; blank without any."""
    if not near:
        return "", ""
    fr, en = " ou ".join(f"« {name} »" for name in near), " or ".join(f"“{name}”" for name in near)
    return f" Vouliez-vous {fr} ?", f" Did you mean {en}?"
