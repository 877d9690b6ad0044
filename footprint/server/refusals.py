"""What a form came to, kept until its page is shown again: why it was refused and what had been typed, or that it is
done."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

LARGEST = 1_000  # refusals kept; a person has one at a time


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form was refused, and its fields (name -> values as typed); with `done`, that it was not: what it did.

    A page that tells better what was done is given no message.
    """

    path: str
    message: str
    fields: Mapping[str, tuple[str, ...]]
    done: bool = False

    def typed(self, name: str, place: int = 0) -> str:
        """What had been typed in a field, "" when nothing."""
        values = self.fields.get(name, ())
        return values[place] if place < len(values) else ""


class Refusals:
    """One refusal by session, shown once."""

    def __init__(self) -> None:
        self._kept: dict[str, Refusal] = {}
        self._lock = threading.Lock()

    def keep(self, key: str, refusal: Refusal) -> None:
        """Keep the refusal of a session (its key), in place of an earlier one."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = refusal
            while len(self._kept) > LARGEST:
                self._kept.pop(next(iter(self._kept)))

    def take(self, key: str, path: str) -> Refusal | None:
        """The refusal waiting for this page, which is then forgotten."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.path != path:
                return None
            return self._kept.pop(key)
