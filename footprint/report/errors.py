"""What can go wrong with a report.

FootprintError
└── ReportError     the report can't be made or written: a library is absent, the file is held, too many lines
"""

from __future__ import annotations

from footprint.errors import FootprintError


class ReportError(FootprintError):
    """The report can't be made or written; the sentence says what to do."""
