"""The totals of the current assessment, by view and key, and the rows of the current campaign."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from footprint.kept import Kept, current, load
from footprint.sheets import Amount, Part
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.referential import current_campaign, rows
from footprint.wording import environment, machine, word

Row = dict[str, Any]
NAMES: dict[str, Callable[[str], str]] = {
    "application_pool": machine,
    "application_environment": environment,
    **dict.fromkeys(("application", "node"), str),
}
"""How the keys of a view are told; the others are codes of the engine."""


class Book:
    """The totals of one assessment and indicator, by view, key and sub."""

    def __init__(self, kept: Kept, indicator: str = "gwp") -> None:
        self.kept = kept
        self.rows: dict[str, dict[str, dict[str, Row]]] = {}
        for row in kept.totals.to_pylist():
            if row["indicator"] == indicator:
                self.rows.setdefault(row["view"], {}).setdefault(row["key"], {})[row["sub"]] = row
        # Application -> (asset, stage, missing key) of the machines it draws on that are not fully assessed.
        self.missing: dict[str, list[tuple[str, str, str]]] = {}
        for gap in kept.application_gaps.to_pylist():
            self.missing.setdefault(gap["application"], []).append(
                (gap["asset"], gap["stage"], gap["missing"])
            )

    def row(self, view: str, key: str = "", sub: str = "") -> Row | None:
        """One total, or None when nothing was assessed there."""
        return self.rows.get(view, {}).get(key, {}).get(sub)

    def amount(self, view: str, key: str = "", sub: str = "") -> Amount | None:
        """One total with its interval, in kgCO2e."""
        row = self.row(view, key, sub)
        return amount_of(row) if row else None

    def parts(self, view: str, key: str | None = None) -> tuple[Part, ...]:
        """The totals of a view (of one key: its subs), biggest first, with their shares."""
        keys = self.rows.get(view, {})
        if key is None:
            found = [(name, row) for name, subs in keys.items() for row in subs.values()]
        else:
            found = list(keys.get(key, {}).items())
        whole = sum(row["amount"] for _name, row in found)
        name_of = NAMES.get(view, word)
        return tuple(
            Part(name, name_of(name), amount_of(row), row["amount"] / whole if whole else 0.0)
            for name, row in sorted(found, key=lambda pair: -pair[1]["amount"])
        )


def amount_of(row: Row) -> Amount:
    """A row of totals as an amount with its interval, in kgCO2e."""
    return Amount(row["amount"], row["low"], row["high"], row["p90"])


@lru_cache(maxsize=4)
def _book(folder: Path) -> Book:
    return Book(load(folder))


def open_book(store: Store) -> tuple[t.Campaign, Book]:
    """The current campaign and the totals of its newest assessment."""
    campaign = current_campaign(store)
    kept = current(store, campaign)
    return campaign, _book(store.assessments / kept.id)


def campaign_rows(store: Store, table: Any) -> list[Any]:
    """Every row of one of the current campaign's tables, in the order of its keys."""
    campaign = current_campaign(store)
    assert campaign.id is not None
    with store.session() as session:
        return rows(session, table, campaign.id)


def applications(store: Store) -> dict[str, t.Application]:
    """The applications of the current campaign by code."""
    return {row.code: row for row in campaign_rows(store, t.Application)}
