"""Sample this host as a server: `footprint agent --seconds N`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from footprint.home import home as default_home
from footprint.session import Session

PERIOD_S = 1.0
CODECARBON_FROM_S = 15.0
"""Below, loading it would take a good part of the measure."""


def sample_host(
    seconds: float,
    home: Path | None = None,
    zone: str | None = None,
    *,
    asset: str | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> dict[str, Any]:
    """Measure the whole host for `seconds`, once a second, into the spool; returns the result.

    The result has the fields of a run's (see outcome.build), `state` included; components are "dynamic"
    and "idle", subject "host". `asset`: name of this server in the inventory, given by whoever asks (the
    host's own name is never read). `progress(done_s, total_s)` is called at each sample. An interruption
    (Ctrl-C) closes the record before it goes on.
    """
    began = time.monotonic()
    run_id = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{os.urandom(6).hex()}"
    header = {"run_id": run_id, "subject": "host", "phase": "host", "zone": zone, "asset": asset}
    worth_it = seconds >= CODECARBON_FROM_S
    session = Session(header, home or default_home(), None, started=time.time(), codecarbon=worth_it)
    reason = "interrupted"
    try:
        session.begin(began, None)
        while (left := seconds - (time.monotonic() - began)) > 0:
            time.sleep(min(left, PERIOD_S - (time.monotonic() - began) % PERIOD_S))
            session.sample(time.monotonic())
            if progress is not None:
                progress(min(seconds, time.monotonic() - began), seconds)
        reason = "complete"
    finally:
        result = session.finish(reason)
        session.close()
    return result
