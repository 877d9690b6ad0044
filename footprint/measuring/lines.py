"""Lines of a record (collectors.spool_log) from what the sampler gives."""

from __future__ import annotations

from typing import Any

from collectors.sampler import ChannelUse, Sample


def sample_line(sample: Sample, started: float) -> dict[str, Any]:
    """A sample as a line of the spool; `started`: beginning of the run, UTC epoch s."""
    return {
        "t": round(started + sample.seconds, 3),
        "seconds": round(sample.seconds, 6),
        "utilisation": round(sample.utilisation, 4),
        "cpu_s": round(sample.cpu_s, 6),
        "energy": [[*row[:3], *(float(f"{value:.12g}") for value in row[3:])] for row in sample.rows],
    }


def channel_line(use: ChannelUse) -> dict[str, Any]:
    """A channel in the end line of a record."""
    return {
        "channel": use.channel,
        "tier": use.tier,
        "host_kwh": use.host_kwh,
        "seconds": round(use.seconds, 3),
        "used": use.used,
        "reason": use.reason._asdict() if use.reason else None,
    }
