"""Campaigns and what is imported into them: the map and the inventory.

An import replaces the inventory of its campaign in one transaction and leaves an event with the digest
of the files. The same files again change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, SQLModel, col, select

import pos_map
from footprint.errors import CampaignError, ImportRefused
from footprint.store import events
from footprint.store import tables as t
from footprint.store.database import Store

TABLES: dict[str, type[SQLModel]] = {
    "nodes": t.Node,
    "applications": t.Application,
    "data_centres": t.DataCentre,
    "assets": t.PhysicalAsset,
    "machines": t.VirtualMachine,
    "links": t.ApplicationLink,
    "use_cases": t.AiUseCase,
}


def ensure_campaign(store: Store, organisation: str, year: int, zone: str = "FR") -> t.Campaign:
    """The campaign of this organisation and year, created when absent."""
    with store.session() as session:
        query = select(t.Campaign).where(t.Campaign.organisation == organisation, t.Campaign.year == year)
        found = session.exec(query).first()
        if found:
            return found
        campaign = t.Campaign(organisation=organisation, year=year, zone=zone, created_at=events.now())
        session.add(campaign)
        session.flush()
        events.append(
            session,
            "footprint",
            "campagne.ouverte",
            f"campagne:{campaign.id}",
            {"organisation": organisation, "year": year, "zone": zone},
        )
        return campaign


def current_campaign(store: Store) -> t.Campaign:
    """The newest campaign. Raises CampaignError when there is none."""
    with store.session() as session:
        found = session.exec(
            select(t.Campaign).order_by(col(t.Campaign.year).desc(), col(t.Campaign.id).desc())
        ).first()
    if found is None:
        raise CampaignError(
            "Aucune campagne ici. Créez-la : footprint init --organisation NOM --year ANNÉE.",
            "No campaign here. Create one: footprint init --organisation NAME --year YEAR.",
        )
    return found


def import_files(store: Store, campaign: t.Campaign, paths: Sequence[Path], actor: str) -> ImportReport:
    """Read, check and store these files as the inventory of the campaign.

    Raises ImportRefused, with every fault, when one of them is an error; nothing is written then.
    """
    digest = _digest(paths)
    inventory, faults = pos_map.read(paths)
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        raise ImportRefused(errors)
    warnings = tuple(fault for fault in faults if fault.severity != "error")
    with store.session() as session:
        changed = _last_import(session, campaign) != digest
        if changed:
            counts = _replace(session, campaign, inventory)
            payload = {
                "sha256": digest,
                "files": [path.name for path in paths],
                "counts": counts,
                "warnings": len(warnings),
            }
            events.append(session, actor, "inventaire.importe", f"campagne:{campaign.id}", payload)
    if changed:
        _publish_codes(store.home, inventory)
    return ImportReport(inventory, warnings, changed)


class ImportReport:
    """What an import did: the inventory read, its warnings, whether anything changed."""

    def __init__(
        self, inventory: pos_map.Inventory, warnings: tuple[pos_map.Fault, ...], changed: bool
    ) -> None:
        self.inventory = inventory
        self.warnings = warnings
        self.changed = changed


def _replace(session: Session, campaign: t.Campaign, inventory: pos_map.Inventory) -> dict[str, int]:
    counts = {}
    for name, table in TABLES.items():
        session.execute(delete(table).where(table.campaign_id == campaign.id))  # type: ignore[attr-defined]
        rows = [{"campaign_id": campaign.id, **asdict(row)} for row in getattr(inventory, name)]
        if rows:
            session.execute(insert(table), rows)
        counts[name] = len(rows)
    return counts


def _last_import(session: Session, campaign: t.Campaign) -> str | None:
    import json

    for event in reversed(events.history(session, f"campagne:{campaign.id}")):
        if event.kind == "inventaire.importe":
            return str(json.loads(event.payload)["sha256"])
    return None


def _digest(paths: Iterable[Path]) -> str:
    """SHA-256 of the files' contents, whatever their order or folder."""
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.glob("*.*")))]
    parts = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file())
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _publish_codes(home: Path, inventory: pos_map.Inventory) -> None:
    """Write the application codes where the recorder finds them, so that it can warn of an unknown one."""
    codes = "".join(f"{application.code}\n" for application in inventory.applications)
    (home / "applications.txt").write_text(codes, encoding="utf-8")


def rows(session: Session, table: type[SQLModel], campaign_id: int) -> list[Any]:
    """Every row of a campaign's table, in the order of its keys."""
    keys = list(table.__table__.primary_key.columns)  # type: ignore[attr-defined]
    query = select(table).where(table.campaign_id == campaign_id).order_by(*keys)  # type: ignore[attr-defined]
    return list(session.exec(query))


def field_names(cls: Any) -> tuple[str, ...]:
    """Names of a dataclass's fields."""
    return tuple(field.name for field in fields(cls))
