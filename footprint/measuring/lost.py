"""The result of a run whose recorder was lost, as its spool allows it. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from footprint.home import spool_dir
from footprint.measuring.faults import by_handler
from footprint.measuring.outcome import build, from_log
from footprint.measuring.spawning import spool_reader


def rebuilt(folder: Path, header: Mapping[str, Any]) -> dict[str, Any]:
    """The result, from the last good sample; `folder`: the absolute one the recorder was given.

    `header`: the run as its program describes it, for a result without energy when nothing was written.
    """
    read_spool = spool_reader().read_spool
    try:
        return from_log(read_spool(spool_dir(folder) / f"{header['run_id']}.jsonl"))
    except OSError as error:
        if by_handler(error):
            raise
        return build(header, {}, None, (), reason="recorder_lost")
