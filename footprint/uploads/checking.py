"""Check the files a person sent, and import them once she has seen what changes.

What a check finds is kept beside the files as JSON; importing reads the files again and believes only them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from factors import FactorError
from footprint.errors import CampaignChanged, CampaignError, FootprintError, RulesChanged
from footprint.factor_set import catalogue_of
from footprint.store.database import Store
from footprint.store.imports import Applied, Prepared, apply, prepare
from footprint.store.referential import current_campaign
from footprint.store.tables import Campaign
from footprint.unlisted import unlisted
from footprint.uploads import own_profiles
from footprint.uploads.folder import Upload, remove
from footprint.uploads.found import Check, Recognised, Table, UnknownFile, diff
from pos_map import Fault, sources
from pos_map.inspecting import inspect
from pos_map.mapping import Profile

CHECK, FAULTS, PROGRESS, REFUSED = "check.json", "faults.json", "progress.json", "refused.json"
FAULTS_KEPT = 50_000
UNREAD = frozenset({"unknown-format", "missing-column"})
_TOLD_S = 0.5

log = logging.getLogger("footprint.uploads")


def check(store: Store, upload: Upload) -> None:
    """Read the files and keep what was found, errors of ours included; nothing is imported."""
    _forget(upload, REFUSED, CHECK, PROGRESS)
    try:
        _check(store, upload)
    except Exception as error:
        _refused(upload, error)


def import_checked(store: Store, upload: Upload, actor: str) -> Applied | None:
    """Import what was checked, then remove the files; None when it was refused, the reason being kept.

    What is no longer what was shown must be checked again.
    """
    _forget(upload, REFUSED, PROGRESS)
    try:
        checked = found(upload)
        if checked is None:
            raise CampaignError("Vérifiez d’abord ces fichiers.", "Check these files first.")
        campaign = _campaign(store, upload)
        prepared, _rows = _prepared(store, upload, campaign)
        if prepared.state != checked.state:
            raise CampaignChanged
        if prepared.basis != checked.basis:
            raise RulesChanged
        if prepared.digest != checked.digest:
            raise CampaignChanged
        applied = apply(store, campaign, prepared, actor)
    except CampaignChanged as error:
        _forget(upload, CHECK)
        _refused(upload, error)
        return None
    except Exception as error:
        _refused(upload, error)
        return None
    remove(upload)
    return applied


def found(upload: Upload) -> Check | None:
    """What the check found, None while there is nothing."""
    kept = upload.read(CHECK)
    return Check.of(kept) if kept else None


def refusal(upload: Upload) -> tuple[str, str] | None:
    """Why the last check or import was not done, in French and English."""
    kept = upload.read(REFUSED)
    return (kept["fr"], kept["en"]) if kept else None


def progress(upload: Upload) -> tuple[str, int]:
    """The file being read and the rows read so far."""
    kept = upload.read(PROGRESS) or {}
    return str(kept.get("file", "")), int(kept.get("rows", 0))


def _check(store: Store, upload: Upload) -> None:
    campaign = _campaign(store, upload)
    prepared, rows = _prepared(store, upload, campaign)
    warnings = (*prepared.warnings, *_unlisted(store, prepared))
    faults = [asdict(fault) for fault in (*prepared.errors, *warnings)]
    upload.write(FAULTS, faults[:FAULTS_KEPT])
    tables = tuple(_recognised(store, upload, rows))
    result = Check(
        digest=prepared.digest,
        state=prepared.state,
        basis=prepared.basis,
        against=prepared.against,
        lost=prepared.lost,
        files=prepared.files,
        tables=tables,
        errors=len(prepared.errors),
        warnings=len(warnings),
        changes=diff(prepared.changes),
        unmatched=prepared.unmatched,
        unknown=tuple(_unknown(upload, prepared, tables)),
    )
    upload.write(CHECK, asdict(result))


def _unlisted(store: Store, prepared: Prepared) -> list[Fault]:
    """The types and countries that the factors do not know; a choice of factors that can't be read is no fault of
    these files."""
    try:
        return unlisted(prepared.inventory, catalogue_of(store.home))
    except (FootprintError, FactorError) as error:
        log.warning("factors: %s", error)
        return []


def _prepared(store: Store, upload: Upload, campaign: Campaign) -> tuple[Prepared, dict[str, list[int]]]:
    """The import, and by file the rows read when each of its tables had been."""
    rows: dict[str, list[int]] = {}
    told = _Told(upload, rows)
    profiles = profiles_of(store, upload)
    prepared = prepare(store, campaign, upload.paths(), mode=upload.mode, profiles=profiles, progress=told)
    return prepared, rows


def profiles_of(store: Store, upload: Upload) -> Sequence[Profile]:
    """The profile she chose, else every one of the body. Raises ProfileRefused."""
    return [own_profiles.load(store, upload.profile)] if upload.profile else own_profiles.usable(store.home)


class _Told:
    """Keeps the progress of a reading where its page finds it, twice a second at most."""

    def __init__(self, upload: Upload, rows: dict[str, list[int]]) -> None:
        self._upload, self._rows, self._last = upload, rows, 0.0

    def __call__(self, file: str, rows: int) -> None:
        self._rows.setdefault(file, []).append(rows)
        if time.monotonic() - self._last > _TOLD_S:
            self._last = time.monotonic()
            self._upload.write(PROGRESS, {"file": file, "rows": rows})


def _forget(upload: Upload, *names: str) -> None:
    for name in names:
        (upload.folder / name).unlink(missing_ok=True)


def _campaign(store: Store, upload: Upload) -> Campaign:
    campaign = current_campaign(store)
    if campaign.id != upload.campaign:
        raise CampaignError(
            "Une autre campagne a été ouverte depuis l’envoi de ces fichiers : envoyez-les à nouveau.",
            "Another campaign was opened since these files were sent: send them again.",
        )
    return campaign


def _recognised(store: Store, upload: Upload, rows: dict[str, list[int]]) -> list[Recognised]:
    """The tables of each file, as reading met them, with their rows."""
    profiles, before, tables = profiles_of(store, upload), 0, []
    by_name = {path.name: path for path in upload.paths()}
    for name, totals in rows.items():
        seen = []
        for sheet, total in zip(_sheets(by_name[name], profiles), totals, strict=False):
            seen.append(Table(sheet.name, sheet.header.table.kind if sheet.header else "", total - before))
            before = total
        tables.append(Recognised(name, tuple(seen)))
    return tables


def _sheets(path: Path, profiles: Sequence[Profile]) -> list[sources.Sheet]:
    try:
        return sources.sheets(path, profiles)
    except (sources.Unreadable, OSError):
        return []


def _unknown(upload: Upload, prepared: Prepared, tables: Sequence[Recognised]) -> list[UnknownFile]:
    """The files no table was found in, or that lack columns, looked into so that she can say what these are."""
    names = {fault.file for fault in prepared.errors if fault.code in UNREAD}
    names |= {each.file for each in tables if not any(table.kind for table in each.tables)}
    seen = []
    for path in upload.paths():
        if path.name in names:
            try:
                seen.append(UnknownFile(path.name, inspect(path)))
            except (sources.Unreadable, OSError):
                continue
    return seen


def _refused(upload: Upload, error: Exception) -> None:
    if not isinstance(error, FootprintError):
        log.exception("upload %s", upload.id, exc_info=error)
        error = FootprintError(
            "Ces fichiers n’ont pas pu être lus. L’incident est dans le journal du serveur.",
            "These files could not be read. The incident is in the server's log.",
        )
    try:
        upload.write(REFUSED, {"fr": error.fr, "en": error.en})
    except FileNotFoundError:
        log.info("upload %s was given up meanwhile", upload.id)
