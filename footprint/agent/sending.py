"""Sending finished records from time to time, whatever happens to the server."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

from footprint.texts import say

EVERY_S = 300.0
LONGEST_S = 900.0
FIRST_S = 30.0


class Sender(threading.Thread):
    """Calls `push` every five minutes; after a failure, in 30 s, then twice as long, 15 min at most.

    One line is told when it begins to fail, one when it works again: never one a try.
    """

    def __init__(
        self,
        push: Callable[[], Sequence[object]],
        tell: Callable[[str], None],
        *,
        every_s: float = EVERY_S,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`push` gives the records refused and raises what it likes; `chance`: 0 to 1, so that agents do not
        all try together."""
        super().__init__(daemon=True)
        self._push = push
        self._tell = tell
        self._every_s = every_s
        self._chance = chance
        self._stopped = threading.Event()
        self._failures = 0
        self._refused = 0

    def run(self) -> None:
        """Send until `stop`."""
        while not self._stopped.wait(self.turn()):
            pass

    def turn(self) -> float:
        """Try once; seconds to wait before the next."""
        try:
            refused = self._push()
        except Exception as error:  # the agent outlives whatever the network does
            if self._failures == 0:
                self._tell(
                    say(
                        f"Envoi impossible, les mesures attendent ici : {error}",
                        f"Can't send, the records wait here: {error}",
                    )
                )
            self._failures += 1
            return min(LONGEST_S, FIRST_S * 2.0 ** min(self._failures - 1, 10)) * self._spread()
        if self._failures:
            self._tell(say("L’envoi a repris.", "Sending works again."))
        self._failures = 0
        self._tell_refused(refused)
        return self._every_s * self._spread()

    def stop(self) -> None:
        """Send no more; a sending under way ends by itself or with the process."""
        self._stopped.set()

    def _tell_refused(self, refused: Sequence[object]) -> None:
        n = len(refused)
        s = "s" if n > 1 else ""
        if n > self._refused:
            self._tell(
                say(
                    f"Le serveur refuse {n} mesure{s}, gardée{s} ici : {refused[-1]}",
                    f"The server refuses {n} record{'' if n == 1 else 's'}, kept here: {refused[-1]}",
                )
            )
        self._refused = n

    def _spread(self) -> float:
        """0.8 to 1."""
        return 0.8 + 0.2 * self._chance()
