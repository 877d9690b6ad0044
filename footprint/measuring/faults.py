"""Whose an exception is: ours, which the program must never see, or the program's, which it must get.

A signal handler of the program may raise while our code runs (a time limit by SIGALRM, most often with
TimeoutError, an OSError); what it raises is the program's. Standard library only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_OURS = (
    OSError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError, ImportError,
    MemoryError, RuntimeError,
)  # fmt: skip


def is_ours(error: BaseException) -> bool:
    """Whether an exception caught around our own work came from that work."""
    known = isinstance(error, _OURS) or type(error).__module__ == "subprocess"
    return known and not by_handler(error)


def by_handler(error: BaseException) -> bool:
    """Whether a signal handler raised it: Python hands a handler the frame that it interrupted."""
    trace = error.__traceback__
    while trace is not None:
        if _was_handed_its_caller(trace.tb_frame):
            return True
        trace = trace.tb_next
    return False


def _was_handed_its_caller(frame: FrameType) -> bool:
    caller = frame.f_back
    if caller is None:
        return False
    for value in frame.f_locals.values():
        if value is caller or (type(value) is tuple and any(item is caller for item in value)):
            return True
    return False
