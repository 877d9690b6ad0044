"""What others measured: exporters behind Prometheus, files of peers' tools, meters, accounting.

Every reader gives `Found`: good measures, and located faults for the rest; nothing aborts on a bad row.
"""

from collectors.pulls.found import (
    BadOption,
    Fault,
    Found,
    Measure,
    Slice,
    SourceError,
    SourceRefused,
    SourceUnreachable,
    SourceUnreadable,
)

__all__ = [
    "BadOption",
    "Fault",
    "Found",
    "Measure",
    "Slice",
    "SourceError",
    "SourceRefused",
    "SourceUnreachable",
    "SourceUnreadable",
]
