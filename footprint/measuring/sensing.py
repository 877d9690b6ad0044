"""The counters of this machine, ready to be sampled: for a run (its process tree) or for the whole host.

What the site knows of the machine (its own file), what the environment says, and what could not be had: each
is in the context or in the notices of the record.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collectors.channels import Channels, open_channels
from collectors.codecarbon_channel import CodeCarbonChannel
from collectors.cpu_table import codecarbon_table_path, find_processor
from collectors.host import this_machine
from collectors.nvml import visible_setting
from collectors.power_model import read_calibration
from collectors.process_tree import ProcessTree
from collectors.records import CollectorError, Machine, Notice
from collectors.sampler import Sampler
from collectors.site import (
    SiteHost,
    find_host,
    read_site,
    site_machine,
    site_model,
    site_path,
    site_processor,
)
from footprint.measuring import notices


@dataclass(frozen=True, slots=True)
class Sensing:
    """A sampler and its channels, what the record says of the machine (collectors.spool), and notices.

    `zone`: the electricity zone of the site file or of FOOTPRINT_ZONE, None when neither says.
    """

    sampler: Sampler
    channels: Channels
    context: Mapping[str, Any]
    notices: tuple[Notice, ...]
    zone: str | None


def open_sensing(
    home: Path,
    *,
    tree: ProcessTree | None = None,
    pid: int | None = None,
    asset: str | None = None,
    codecarbon: bool = True,
    gpu_share: float | None = None,
) -> Sensing:
    """Open what this machine has. `home`: where the site file may be; `tree`, `pid`: the run, None for a host.

    `asset`: name in the inventory; `codecarbon`: whether to load it later (FOOTPRINT_CODECARBON=0 forbids
    it); `gpu_share`: part of the GPUs declared for the run, 0 to 1. Never raises.
    """
    said: list[Notice] = []
    machine = this_machine()
    site = _site(home, machine, asset, said)
    machine = site_machine(machine, site)
    processor = site_processor(find_processor(machine.cpu_model, codecarbon_table_path()), site)
    calibration = _calibration(said)
    model = site_model(machine, processor, site, calibration)
    if processor is None and model.rule != "site":
        said.append(notices.unknown_processor())
    wanted = codecarbon and os.environ.get("FOOTPRINT_CODECARBON") != "0"
    visible, order = visible_setting(pid) if pid is not None else (None, None)
    channels = open_channels(
        site, codecarbon=CodeCarbonChannel() if wanted else None, visible=visible, order=order,
        gpu_share=_share(gpu_share, said),
    )  # fmt: skip
    sampler = Sampler(machine=machine, model=model, tree=tree, counters=channels.counters, gpu=channels.gpu)
    context = {
        "host_id": machine.host_id, "cpu_model": machine.cpu_model, "threads": machine.threads,
        "chips": machine.chips, "ram_gb": round(machine.ram_gb, 1), "virtual": machine.virtual,
        "power_model": model.rule, "calibration": model.calibration,
        "tdp_source": processor.source if processor else None, "pue": site.pue if site else None,
    }  # fmt: skip
    zone = (site.zone if site else None) or os.environ.get("FOOTPRINT_ZONE")
    return Sensing(sampler, channels, context, tuple(said), zone)


def _site(home: Path, machine: Machine, asset: str | None, said: list[Notice]) -> SiteHost | None:
    try:
        hosts = read_site(site_path(home))
    except CollectorError as error:
        said.append(Notice("fichier_de_site_refuse", error.fr, error.en))
        return None
    return find_host(hosts, machine, asset)


def _calibration(said: list[Notice]) -> float | None:
    text = os.environ.get("FOOTPRINT_CALIBRATION")
    try:
        return read_calibration(text) if text else None
    except CollectorError as error:
        said.append(Notice("calibration_refusee", error.fr, error.en))
        return None


def _share(value: object, said: list[Notice]) -> float | None:
    """A part between 0 and 1; anything else is refused, and never stops a run."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= 1.0:
        return float(value)
    said.append(notices.share_refused(value))
    return None
