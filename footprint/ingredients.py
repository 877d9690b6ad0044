"""What a campaign is assessed from, gathered from the store and the body's own files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from factors import Catalogue
from footprint.assessment.inputs import REFUSED
from footprint.assessment.settings import Settings, settings_of
from footprint.hourly import profiles_of
from footprint.store import archive
from footprint.store.database import Store
from footprint.store.frames import energy_frame, hour_frame, inventory_frames, run_frame
from footprint.store.rules import rules_of
from footprint.store.tables import Campaign
from pos_map.matching import Matcher, Rule


@dataclass(frozen=True)
class Ingredients:
    """The inventory, the runs and their energy, the hourly profiles and the choices of method of a campaign.

    `measured` are the keyword arguments of `assessment.inputs.prepare` that are data; `archived` holds the
    digests of the files of hours among them.
    """

    frames: dict[str, pa.Table]
    runs: pa.Table
    measured: dict[str, Any]
    archived: tuple[str, ...]
    settings: Settings


def gathered(store: Store, campaign: Campaign, catalogue: Catalogue) -> Ingredients:
    """Read them; the hours only when a zone has a profile. Raises StoreError, BadProfile, CampaignError."""
    assert campaign.id is not None
    profiles = profiles_of(store.home, campaign.year, catalogue)
    hourly = bool(profiles.num_rows)
    with store.session() as session:
        frames, runs = inventory_frames(session, campaign.id), run_frame(session, campaign.year)
        frames["refused"] = _refused(frames["machines"], rules_of(session, campaign.organisation))
        energy = energy_frame(session, campaign.year)
        hours = hour_frame(session, campaign.year) if hourly else None
        archived = archive.files(session, store.home, campaign.year) if hourly else ()
    files = [path for path, _digest in archived]
    measured = {"energy": energy, "hours": hours, "files": files, "profiles": profiles}
    digests = tuple(digest for _path, digest in archived)
    return Ingredients(frames, runs, measured, digests, settings_of(campaign.settings))


def _refused(machines: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    """The machines that the rules of the body leave to no application."""
    matcher = Matcher("machine_application", (), rules)
    names = [name for name in machines["name"].to_pylist() if matcher.rule(name) == ""]
    return pa.table({"name": names}, schema=REFUSED)
