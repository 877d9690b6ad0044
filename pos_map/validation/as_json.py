"""Faults as JSON, for another tool: the same keys for each, in the order they were found."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pos_map.faults import Fault


def faults_json(faults: Sequence[Fault]) -> str:
    """A list of objects: file, sheet, line, column, value, rule, severity, fr, en, mend, mend_fr, mend_en.

    `line` is null for a whole file; `mend` is the value to write, "" when nothing is certain; `mend_fr` and
    `mend_en` say it in a sentence.
    """
    values = [
        {
            "file": fault.file,
            "sheet": fault.sheet,
            "line": fault.line,
            "column": fault.column,
            "value": fault.value,
            "rule": fault.code,
            "severity": fault.severity,
            "fr": fault.fr,
            "en": fault.en,
            "mend": fault.mend,
            "mend_fr": f"Écrire « {fault.mend} »." if fault.mend else "",
            "mend_en": f"Write “{fault.mend}”." if fault.mend else "",
        }
        for fault in faults
    ]
    # Halves of characters, that a hostile file may hold, are no JSON text: they are written as escapes.
    return json.dumps(values, ensure_ascii=True, indent=2) + "\n"
