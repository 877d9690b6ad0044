"""Campaigns of the store: opening, choosing and setting them, importing files as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, SQLModel, col, select

import pos_map
from footprint.assessment.settings import Settings, settings_of
from footprint.errors import CampaignError
from footprint.store import events
from footprint.store import tables as t
from footprint.store.batches import last_import
from footprint.store.campaigns import check_open, stored_campaign
from footprint.store.content import TABLES, WORDS
from footprint.store.database import Store
from footprint.store.imports import apply, prepare
from footprint.texts import say

__all__ = [
    "TABLES", "ImportReport", "campaigns", "change_settings", "current_campaign", "ensure_campaign", "import_files",
    "last_import", "rows", "told_lives",
]  # fmt: skip


def ensure_campaign(store: Store, organisation: str, year: int, zone: str | None = None) -> t.Campaign:
    """The campaign of this organisation and year, created when absent, and made the current one.

    `zone` (a zone code) changes that of a campaign already open; left out, FR or what it was.
    Raises CampaignError for a name that is empty or longer than 200 characters, CampaignFrozen for a new zone of
    a frozen campaign.
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
        if changed and not opened:
            check_open(session, campaign)
        campaign.zone = zone or campaign.zone
        session.add(campaign)
        session.flush()
        if changed:
            payload = {"organisation": organisation, "year": year, "zone": campaign.zone}
            events.append(session, "footprint", "campagne.ouverte", f"campagne:{campaign.id}", payload)
        return campaign


def change_settings(store: Store, campaign: t.Campaign, settings: Settings, actor: str) -> bool:
    """Keep how the campaign is assessed (M3, M4); whether anything changed. A change leaves an event.

    Raises CampaignFrozen, CampaignError when the campaign is gone.
    """
    kept = events.canonical(asdict(settings))
    with store.writing() as session:
        stored = stored_campaign(session, campaign)
        changed = settings != settings_of(stored.settings)
        if changed:
            check_open(session, campaign)
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


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: the inventory read, its warnings, whether anything changed.

    `lost` names the tables that had entries and have none any more: an import replaces the whole inventory.
    """

    inventory: pos_map.Inventory
    warnings: tuple[pos_map.Fault, ...]
    changed: bool
    lost: tuple[str, ...]


def import_files(store: Store, campaign: t.Campaign, paths: Sequence[Path], actor: str) -> ImportReport:
    """Read, check and store these files as the inventory of the campaign, without showing what changes.

    Raises ImportRefused, with every fault, when one of them is an error (nothing is written then), and
    CampaignFrozen. See `store.imports` to see the differences first.
    """
    prepared = prepare(store, campaign, paths)
    applied = apply(store, campaign, prepared, actor)
    lost = tuple(say(*WORDS[name]) for name in prepared.lost)
    return ImportReport(prepared.inventory, prepared.warnings, applied.changed, lost)


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
