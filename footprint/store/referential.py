"""Campaigns and what is imported into them: the map and the inventory.

An import replaces the inventory of its campaign in one transaction and leaves an event with the digest
of the files. The same files again change nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, or_
from sqlmodel import Session, SQLModel, col, select

import pos_map
from footprint import __version__
from footprint.assessment.settings import Settings, settings_of
from footprint.errors import CampaignError, ImportRefused
from footprint.store import events
from footprint.store import tables as t
from footprint.store.database import Store, plain_errors
from footprint.texts import say

TABLES: dict[str, type[SQLModel]] = {
    "nodes": t.Node,
    "applications": t.Application,
    "data_centres": t.DataCentre,
    "assets": t.PhysicalAsset,
    "machines": t.VirtualMachine,
    "links": t.ApplicationLink,
    "use_cases": t.AiUseCase,
    "readings": t.Reading,
    "services": t.Service,
    "platform_keys": t.PlatformKey,
}


WORDS = {
    "nodes": ("carte", "map"),
    "applications": ("applications", "applications"),
    "data_centres": ("centres de données", "data centres"),
    "assets": ("équipements", "equipment"),
    "machines": ("machines virtuelles", "virtual machines"),
    "links": ("liens entre applications et machines", "links between applications and machines"),
    "use_cases": ("cas d’usage d’IA", "AI use cases"),
    "readings": ("relevés des centres", "readings of data centres"),
    "services": ("services achetés", "services bought"),
    "platform_keys": ("clés des plateformes", "keys of platforms"),
}


def ensure_campaign(store: Store, organisation: str, year: int, zone: str | None = None) -> t.Campaign:
    """The campaign of this organisation and year, created when absent, and made the current one.

    `zone` (a zone code) changes that of a campaign already open; left out, FR or what it was.
    Raises CampaignError for a name that is empty or longer than 200 characters.
    """
    organisation = organisation.strip()
    if not 0 < len(organisation) <= 200:
        raise CampaignError(
            "Donnez le nom de l’organisme, en 200 caractères au plus.",
            "Give the name of the body, in 200 characters at most.",
        )
    with store.writing() as session:
        query = select(t.Campaign).where(t.Campaign.organisation == organisation, t.Campaign.year == year)
        campaign = session.exec(query).first()
        opened = campaign is None
        if campaign is None:
            campaign = t.Campaign(organisation=organisation, year=year, created_at=events.now())
        last = session.exec(select(t.Campaign).order_by(col(t.Campaign.chosen).desc())).first()
        if opened or (last is not None and last.id != campaign.id):
            campaign.chosen = last.chosen + 1 if last else 1
        changed = opened or (zone is not None and zone != campaign.zone)
        campaign.zone = zone or campaign.zone
        session.add(campaign)
        session.flush()
        if changed:
            payload = {"organisation": organisation, "year": year, "zone": campaign.zone}
            events.append(session, "footprint", "campagne.ouverte", f"campagne:{campaign.id}", payload)
        return campaign


def change_settings(store: Store, campaign: t.Campaign, settings: Settings, actor: str) -> bool:
    """Keep how the campaign is assessed (M3, M4); whether anything changed. A change leaves an event."""
    kept = events.canonical(asdict(settings))
    with store.writing() as session:
        stored = session.get(t.Campaign, campaign.id)
        if stored is None:
            raise CampaignError(
                "Cette campagne n’existe plus. Ouvrez-en une : footprint init.",
                "This campaign is no longer there. Open one: footprint init.",
            )
        changed = settings != settings_of(stored.settings)
        if changed:
            stored.settings = kept
            session.add(stored)
            events.append(session, actor, "campagne.reglee", f"campagne:{campaign.id}", asdict(settings))
    campaign.settings = kept
    return changed


def campaigns(store: Store) -> list[t.Campaign]:
    """Every campaign, the current one first."""
    with store.session() as session:
        return list(session.exec(select(t.Campaign).order_by(col(t.Campaign.chosen).desc())))


def current_campaign(store: Store) -> t.Campaign:
    """The campaign opened or chosen last (footprint init). Raises CampaignError when there is none."""
    found = campaigns(store)
    if not found:
        raise CampaignError(
            "Aucune campagne ici. Créez-la : footprint init --organisation NOM --year ANNÉE.",
            "No campaign here. Create one: footprint init --organisation NAME --year YEAR.",
        )
    return found[0]


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
    with store.writing() as session:
        changed = last_import(session, campaign) != digest
        lost = _emptied(session, campaign, inventory) if changed else ()
        if changed:
            counts = _replace(session, campaign, inventory)
            payload = {
                "sha256": digest,
                "files": [path.name for path in paths],
                "counts": counts,
                "warnings": len(warnings),
            }
            events.append(session, actor, "inventaire.importe", f"campagne:{campaign.id}", payload)
    with plain_errors(store.home):
        _publish_codes(store.home, inventory)
    return ImportReport(inventory, warnings, changed, lost)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: the inventory read, its warnings, whether anything changed.

    `lost` names the tables that had rows and have none any more: an import replaces the whole inventory.
    """

    inventory: pos_map.Inventory
    warnings: tuple[pos_map.Fault, ...]
    changed: bool
    lost: tuple[str, ...]


def _emptied(session: Session, campaign: t.Campaign, inventory: pos_map.Inventory) -> tuple[str, ...]:
    """Names, in the current language, of the tables this import leaves empty."""
    lost = []
    for name, table in TABLES.items():
        query = select(table).where(table.campaign_id == campaign.id).limit(1)  # type: ignore[attr-defined]
        if not getattr(inventory, name) and session.exec(query).first() is not None:
            lost.append(say(*WORDS[name]))
    return tuple(lost)


def _replace(session: Session, campaign: t.Campaign, inventory: pos_map.Inventory) -> dict[str, int]:
    counts = {}
    for name, table in TABLES.items():
        session.execute(delete(table).where(table.campaign_id == campaign.id))  # type: ignore[attr-defined]
        rows = [{"campaign_id": campaign.id, **asdict(row)} for row in getattr(inventory, name)]
        if rows:
            session.execute(insert(table), rows)
        counts[name] = len(rows)
    return counts


def last_import(session: Session, campaign: t.Campaign) -> str | None:
    """Digest of the files imported last into a campaign, None before any import."""
    for event in reversed(events.history(session, f"campagne:{campaign.id}")):
        if event.kind == "inventaire.importe":
            return str(json.loads(event.payload)["sha256"])
    return None


def _digest(paths: Iterable[Path]) -> str:
    """SHA-256 of the files' contents, whatever their order or folder, and of the version that reads them."""
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.glob("*.*")))]
    parts = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file())
    return hashlib.sha256("".join([__version__, *parts]).encode()).hexdigest()


def _publish_codes(home: Path, inventory: pos_map.Inventory) -> None:
    """Write the application codes where the recorder finds them, so that it can warn of an unknown one."""
    codes = "".join(f"{application.code}\n" for application in inventory.applications)
    draft = home / f".applications-{os.getpid()}"
    draft.write_text(codes, encoding="utf-8")
    draft.replace(home / "applications.txt")


def rows(session: Session, table: type[SQLModel], campaign_id: int) -> list[Any]:
    """Every row of a campaign's table, in the order of its keys."""
    keys = list(table.__table__.primary_key.columns)  # type: ignore[attr-defined]
    query = select(table).where(table.campaign_id == campaign_id).order_by(*keys)  # type: ignore[attr-defined]
    return list(session.exec(query))


def told_lives(session: Session, campaign_id: int) -> dict[str, t.PhysicalAsset]:
    """By name, the equipment lines that say more of their life or ownership than their type does (M3)."""
    asset = t.PhysicalAsset
    said = [col(column).is_not(None) for column in (asset.lifetime_y, asset.refurbished, asset.reuse)]
    query = select(asset).where(asset.campaign_id == campaign_id, or_(col(asset.ownership) != "", *said))
    return {row.name: row for row in session.exec(query)}
