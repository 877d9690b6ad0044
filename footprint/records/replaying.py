"""A recorded trace as a record of the spool, so that demos and tests run anywhere; never a measurement."""

from __future__ import annotations

import hashlib
from pathlib import Path

from collectors.replay import play
from collectors.trace import read_trace
from footprint.measuring.lines import sample_line
from footprint.measuring.sensing import open_sensing
from footprint.records.deposits import Deposit, deposit, imported_id


def replay(
    path: Path,
    application: str | None,
    start: float,
    *,
    model: str | None = None,
    phase: str | None = None,
    zone: str | None = None,
    home: Path | None = None,
) -> tuple[str, bool]:
    """Replay a trace as if it had begun at `start` (UTC epoch s), on a machine like this one.

    A trace that says the processor time of a run is a run, another is a host. Returns the id of the record
    and whether it was written now. Every row says channel "replay", tier "declared". Raises BadTrace, OSError.
    """
    trace = read_trace(path)
    sensing = open_sensing(home or Path(), codecarbon=False)
    played = play(trace, sensing.sampler.machine, sensing.sampler.model)
    samples = [sample_line(sample, start) for sample in played.samples]
    subject = "host" if trace.run_s is None else "run"
    header = {
        "subject": subject, "application": application, "model": model, "phase": phase or subject,
        "zone": zone or sensing.zone, "source": "replay", "start": start,
    }  # fmt: skip
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    record = Deposit(
        imported_id("replay", digest, *header.values()), header, samples,
        context={**sensing.context, "host_id": None}, warnings=(played.notice,),
    )  # fmt: skip
    return record.run_id, deposit(home, record)
