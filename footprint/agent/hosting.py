"""Sample this host for a while, as a server: what `make run` and `footprint agent --seconds N` do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collectors.records import Notice
from footprint.agent.config import LOCK, AgentConfig, AlreadyRunning
from footprint.agent.loop import run_agent
from footprint.home import home as default_home
from footprint.measuring.outcome import build

WAIT_S = 2.0
"""Waited beyond the length asked for, when another short sample is being taken."""
_BUSY = Notice(
    "agent_deja_actif",
    "Un agent mesure déjà cette machine : elle n'est pas mesurée une seconde fois. Ses mesures sont dans son "
    "dossier, ou sur le serveur auquel il envoie.",
    "An agent already measures this host: it is not measured a second time. Its records are in its folder, or "
    "on the server it sends to.",
)


def sample_host(
    seconds: float,
    home: Path | None = None,
    zone: str | None = None,
    *,
    asset: str | None = None,
    progress: Callable[[float, float], None] | None = None,
    lock: str = LOCK,
) -> dict[str, Any]:
    """Measure the whole host for `seconds`, once a second, into the spool; returns the result.

    The result has the fields of a run's (see outcome.build), `state` included; components are "dynamic"
    and "idle", subject "host". `asset`: name of this server in the inventory, given by whoever asks (the
    host's own name is never read). `progress(done_s, total_s)` is called at each sample. An interruption
    (Ctrl-C) closes the record before it goes on. While another process measures the host (elected by `lock`)
    nothing is measured nor written: the state is "failed", the energy None, with warning "agent_deja_actif".
    """
    config = AgentConfig(home or default_home(), seconds=seconds, zone=zone, asset=asset, lock=lock)
    until = time.monotonic() + seconds + WAIT_S
    while True:
        try:
            return run_agent(config, progress=progress)
        except AlreadyRunning:
            if time.monotonic() >= until:
                header = {"subject": "host", "phase": "host", "zone": zone}
                return build(header, {}, None, (_BUSY._asdict(),), reason="interrupted")
            time.sleep(0.1)
