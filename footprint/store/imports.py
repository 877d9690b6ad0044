"""Imports into a campaign: the differences first, then all of them or none, and undoing the last.

`prepare` reads and compares, writing nothing; `apply` writes the differences in one transaction; `undo` brings
back exactly what was before. Each leaves an event in the log.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlmodel import select

import pos_map
from footprint import __version__
from footprint.errors import CampaignChanged, CampaignError, ImportRefused, RulesChanged
from footprint.store import content, events, undoing
from footprint.store import notes as n
from footprint.store.basis import basis_of, digest_of
from footprint.store.batches import Batch, FileRead, State, batches, last_batch, last_import, state_of
from footprint.store.campaigns import check_open, previous_campaign
from footprint.store.database import Store, plain_errors
from footprint.store.notes import Note, note_key, notes
from footprint.store.rules import Decided, give_back, replace_rules, rules_of
from footprint.store.tables import Application, Campaign, ImportBatch
from pos_map import Fault, Inventory, Rule, Unmatched
from pos_map.changes import Changes, compare
from pos_map.following import Made
from pos_map.rematching import rematch

if TYPE_CHECKING:
    from pos_map.mapping import Profile

__all__ = [
    "Applied", "Batch", "FileRead", "Mode", "Note", "Prepared", "Undone", "apply", "batches", "inventory_of",
    "last_import", "note_key", "notes", "prepare", "previous_campaign", "undo",
]  # fmt: skip

Mode = Literal["replace", "complete", "rules"]
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An import read and compared, not written.

    `changes` is what to show: what changes in the campaign, or from the campaign of the year `against` when this
    one is empty. `written` is what will be written. `lost` names the tables that had entries and have none any
    more. `droppable` are the rows of the notes it may drop (None: all). `basis` is a digest of what the reading
    rests on besides the files (see `basis_of`); `rules` are the matching rules it was read by (None: any), `by_rule`
    what they alone made.
    """

    campaign_id: int
    mode: Mode
    files: tuple[FileRead, ...]
    digest: str
    state: State
    inventory: Inventory
    changes: Changes
    written: Changes
    against: int | None
    lost: tuple[str, ...]
    faults: tuple[Fault, ...]
    unmatched: tuple[Unmatched, ...]
    notes: tuple[Note, ...]
    droppable: frozenset[int] | None
    basis: str = ""
    rules: tuple[Rule, ...] | None = None
    by_rule: frozenset[Made] = frozenset()

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that refuse the import."""
        return tuple(fault for fault in self.faults if fault.severity == "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults that stay attached to the records imported."""
        return tuple(fault for fault in self.faults if fault.severity != "error")


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written: the import's number (None: nothing changed), how many entries changed, by table, and rules."""

    batch_id: int | None
    counts: Mapping[str, Mapping[str, int]]
    rules: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self.batch_id is not None


@dataclass(frozen=True, slots=True)
class Undone:
    """The import that was undone, and how many matching rules are as they were before it."""

    batch: Batch
    rules: int


def inventory_of(store: Store, campaign: Campaign) -> Inventory:
    """The inventory of a campaign: boxes after those above them, the rest sorted by what names it."""
    with store.session() as session:
        return content.read(session, campaign.id or 0)


def prepare(
    store: Store,
    campaign: Campaign,
    paths: Sequence[Path],
    *,
    mode: Literal["replace", "complete"] = "replace",
    profiles: Sequence[Profile] = (),
    progress: Progress = lambda _file, _rows: None,
) -> Prepared:
    """Read the files and say what importing them would change; nothing is written, faults raise nothing.

    `replace`: the files are the whole inventory; `complete`: they are laid over what is there. `profiles` read
    foreign columns; `progress` is told of each file and the rows read so far. Boxes keep the code and position
    they had in the campaign or, when it is empty, the year before.
    """
    campaign_id = campaign.id or 0
    earlier = previous_campaign(store, campaign)
    with store.session() as session:
        state = state_of(session, campaign_id)
        before = content.read(session, campaign_id)
        started = before != Inventory()
        year_before = None if started or earlier is None else content.read(session, earlier.id or 0)
        rules = rules_of(session, campaign.organisation)
        earlier_state = None if earlier is None else state_of(session, earlier.id or 0)
    found = pos_map.gather(
        paths,
        base=before if mode == "complete" else Inventory(),
        previous=before if started else year_before or Inventory(),
        profiles=profiles,
        rules=rules,
        year=campaign.year,
        progress=progress,
    )
    if mode == "replace" and started and found.inventory == Inventory() and not found.errors:
        raise CampaignError(
            "Ces fichiers ne contiennent aucune ligne d’inventaire : les importer viderait la campagne.",
            "These files hold no line of an inventory: importing them would empty the campaign.",
        )
    files = _files_read(found.files)
    written = compare(before, found.inventory)
    with store.session() as session:
        droppable = None if mode == "replace" else n.rewritten(session, campaign_id, before, found)
        made = undoing.made_by_rules(session, campaign_id) if mode == "complete" else ()
    return Prepared(
        campaign_id=campaign_id,
        mode=mode,
        files=files,
        digest=_digest(files, basis_of(rules, profiles) if rules or profiles else ""),
        state=state,
        inventory=found.inventory,
        changes=written if year_before is None else compare(year_before, found.inventory),
        written=written,
        against=earlier.year if earlier is not None and year_before is not None else None,
        lost=lost_tables(before, found.inventory),
        faults=found.faults,
        unmatched=found.unmatched
        if mode == "replace"
        else rematch(found.inventory, rules, campaign.year).unmatched,
        notes=tuple(n.of_files(found)),
        droppable=droppable,
        basis=basis_of(rules, profiles, campaign.year, earlier_state),
        rules=rules,
        by_rule=undoing.after_completing(before, made, found) if made else found.by_rule,
    )


def apply(
    store: Store, campaign: Campaign, prepared: Prepared, actor: str, decided: Sequence[Decided] = ()
) -> Applied:
    """Write what was prepared and the rules decided, in one transaction, and keep what undoes it.

    No import is made when nothing changes in the campaign.

    Raises ImportRefused when there are errors, CampaignFrozen, and CampaignChanged when the campaign, or the
    rules, are no longer what they were when it was prepared.
    """
    if prepared.errors:
        raise ImportRefused(prepared.errors)
    with store.writing() as session:
        stored = check_open(session, campaign)
        if stored.id != prepared.campaign_id or state_of(session, prepared.campaign_id) != prepared.state:
            raise CampaignChanged
        if prepared.rules not in (None, rules_of(session, stored.organisation)):
            raise RulesChanged
        replaced = replace_rules(session, stored.organisation, decided, actor)
        noted = n.differences(session, prepared.campaign_id, prepared.notes, prepared.droppable)
        if prepared.written.is_empty and noted.is_empty:
            return Applied(None, {}, len(replaced))
        counts = prepared.written.counts()
        dropped = [asdict(note) for _row, note in noted.dropped]
        batch = ImportBatch(
            campaign_id=prepared.campaign_id,
            at=events.now(),
            actor=actor,
            files=json.dumps([asdict(file) for file in prepared.files], ensure_ascii=False),
            mode=prepared.mode,
            digest=digest_of(prepared.inventory, rules_of(session, stored.organisation)),
            counts=json.dumps(counts),
            before=undoing.pack(prepared.written, dropped, replaced, prepared.by_rule),
        )
        session.add(batch)
        session.flush()
        assert batch.id is not None
        content.write(session, prepared.campaign_id, prepared.written)
        n.write(session, prepared.campaign_id, batch.id, noted)
        payload = {
            "import": batch.id,
            "sha256": prepared.digest,
            "mode": prepared.mode,
            "files": [file.name for file in prepared.files],
            "counts": counts,
            "warnings": len(prepared.warnings),
        }
        events.append(session, actor, "inventaire.importe", f"campagne:{campaign.id}", payload)
    publish_codes(store, campaign)
    return Applied(batch.id, counts, len(replaced))


def undo(store: Store, campaign: Campaign, actor: str, number: int | None = None) -> Undone:
    """Undo the last import of the campaign that was not undone, in one transaction.

    `number` is the import that was shown (None: whichever is the last), so that asking twice undoes one.
    Raises CampaignError when there is none, or when the last is another; CampaignFrozen.
    """
    with store.writing() as session:
        stored = check_open(session, campaign)
        campaign_id = stored.id or 0
        batch = last_batch(session, campaign_id)
        row = session.get(ImportBatch, batch.id) if batch is not None else None
        if batch is None or row is None:
            raise CampaignError(
                "Aucun import à annuler dans cette campagne.", "No import to undo in this campaign."
            )
        if number not in (None, batch.id):
            raise CampaignError(
                f"L’import n° {number} n’est plus le dernier de cette campagne : il a été annulé, ou un autre l’a "
                "suivi. Relisez l’historique avant d’annuler.",
                f"Import no. {number} is no longer the last of this campaign: it was undone, or another followed "
                "it. Read the history again before undoing.",
            )
        changes, dropped, replaced = undoing.unpack(row.before)
        content.write(session, campaign_id, changes)
        n.drop_of(session, batch.id)
        n.insert_all(session, campaign_id, dropped)
        given_back = give_back(session, stored.organisation, replaced, actor)
        row.undone_at, row.undone_by = events.now(), actor
        session.add(row)
        payload = {"import": batch.id, "sha256": batch.digest, "counts": dict(batch.counts)}
        events.append(session, actor, "inventaire.annule", f"campagne:{campaign.id}", payload)
    publish_codes(store, campaign)
    return Undone(replace(batch, undone_at=row.undone_at, undone_by=actor), given_back)


def _files_read(paths: Sequence[Path]) -> tuple[FileRead, ...]:
    """The files with their digests; those that cannot be opened are faults already."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError), path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            found.append(FileRead(path.name, sha256, path.stat().st_size))
    return tuple(found)


def _digest(files: Sequence[FileRead], basis: str) -> str:
    """SHA-256 of the files' contents, whatever their order or folder, and of the version and rules that read them."""
    parts = sorted(file.sha256 for file in files)
    return hashlib.sha256("".join([__version__, *parts, basis]).encode()).hexdigest()


def lost_tables(before: Inventory, after: Inventory) -> tuple[str, ...]:
    """The tables that had entries and have none any more."""
    return tuple(name for name in content.TABLES if getattr(before, name) and not getattr(after, name))


def publish_codes(store: Store, campaign: Campaign) -> None:
    """Write the application codes where the recorder finds them, so that it can warn of an unknown one."""
    query = select(Application.code).where(Application.campaign_id == campaign.id)
    with store.session() as session:
        codes = "".join(f"{code}\n" for code in sorted(session.exec(query)))
    with plain_errors(store.home):
        draft = store.home / f".applications-{os.getpid()}"
        draft.write_text(codes, encoding="utf-8")
        draft.replace(store.home / "applications.txt")
