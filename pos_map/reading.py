"""Read the files of an estate: recognise each, read its rows, check them together.

`read` raises nothing about content. What is wrong is a list of `Fault`, each located and bilingual;
the inventory means something only when none of them is an error.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_map.columns import HELP_SHEET
from pos_map.complements import check_complements
from pos_map.completing import complete, same_names
from pos_map.doubts import check_doubts
from pos_map.estate import Estate, add_unmapped, build
from pos_map.faults import Fault, Place
from pos_map.folders import Given
from pos_map.folders import given as given_files
from pos_map.headers import header_faults
from pos_map.idle import Asked
from pos_map.matching import Rule, Unmatched
from pos_map.model import Inventory, identity
from pos_map.organisations import name_bodies
from pos_map.placement import MapBuilder
from pos_map.plausible import check_plausible
from pos_map.reasons import reason
from pos_map.references import check_references
from pos_map.resolving import Resolution, without_empty_box
from pos_map.rows import Row, rows_of
from pos_map.sources import Sheet, Unreadable, opened
from pos_map.unrecognised import no_table, unrecognised

if TYPE_CHECKING:
    from pos_map.mapping import Profile


@dataclass
class _Reading:
    """What was gathered: rows by kind of table, kinds whose header failed, faults by order of reading."""

    profiles: Sequence[Profile]
    progress: Callable[[str, int], None]
    completes: bool
    rows: dict[str, list[Row]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asked = Asked(self.profiles)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What files hold: the inventory, every fault, the names nothing bears, and where each entry was read.

    `entries` gives, for the place of a fault, the table and identity of the entries of that line.
    `kinds` are those of the tables that were there, `files` what was read, `by_rule` what no file says but rules do
    (see `Estate`).
    """

    inventory: Inventory
    faults: tuple[Fault, ...]
    unmatched: tuple[Unmatched, ...]
    entries: Mapping[tuple[str, str, int | None], tuple[str, tuple[Any, ...]]]
    kinds: frozenset[str]
    files: tuple[Path, ...]
    by_rule: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that refuse the import."""
        return tuple(fault for fault in self.faults if fault.severity == "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults that are imported with their entry."""
        return tuple(fault for fault in self.faults if fault.severity != "error")


NOTHING = Inventory()
# Unreadable for these reasons, a file of a folder may be anything.
_NO_TABLE = frozenset({"unknown-format", "bad-encoding", "bad-quote", "long-cell", "empty-file"})


def read(paths: Sequence[Path]) -> tuple[Inventory, list[Fault]]:
    """Inventory of the files, and of the files of the folders, with every fault found; see `gather`."""
    found = gather(paths)
    return found.inventory, list(found.faults)


def gather(
    paths: Sequence[Path],
    *,
    base: Inventory = NOTHING,
    previous: Inventory = NOTHING,
    profiles: Sequence[Profile] = (),
    rules: Sequence[Rule] = (),
    year: int | None = None,
    progress: Callable[[str, int], None] = lambda _file, _rows: None,
) -> Gathered:
    """Read the files, check them across each other and match their names.

    Files are recognised by their content and header (see `sources`), or by a mapping profile. `base` is the
    inventory the files complete (empty: they are the whole); the boxes of `previous` keep their code and
    position, its references tell what was renamed; `rules` are the matching decisions kept; `year` says which
    bodies had been taken over by then. `progress` is told of each file and the rows read so far. Faults come in
    the order of the files and lines.
    """
    reading = _Reading(profiles, progress, base != NOTHING)
    with _without_collector():
        return _gathered(paths, reading, base, previous, rules, year)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A million entries in no circle: looking for circles among them over and over takes longer than reading."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _gathered(
    paths: Sequence[Path],
    reading: _Reading,
    base: Inventory,
    previous: Inventory,
    rules: Sequence[Rule],
    year: int | None,
) -> Gathered:
    files = given_files(paths)
    names = _names(list(files.files))
    for path in names:
        _read_file(path, names[path], reading, files)
    reading.faults.extend([*files.faults(), *reading.asked.faults()])
    boxes = MapBuilder(previous.nodes or base.nodes)
    for node in base.nodes:
        boxes.declare(node)
    estate = build(reading.rows, boxes, base)
    given = reading.rows.keys() - reading.lost
    unmatched = _checked(estate, base, previous, rules, year, reading.lost, given)
    rank = {name: index for index, name in enumerate(names.values())}
    reading.faults.sort(key=lambda fault: (rank.get(fault.file, -1), fault.sheet, fault.line or 0))
    # The boxes are those of both already, every parent before its children.
    read = estate.inventory()
    inventory = without_empty_box(replace(base.merge(read), nodes=read.nodes) if base != NOTHING else read)
    faults = tuple(reading.faults)
    return Gathered(
        inventory, faults, unmatched, _entries(estate, faults), frozenset(given), files.read(),
        frozenset(estate.by_rule),
    )  # fmt: skip


def _checked(
    estate: Estate,
    base: Inventory,
    previous: Inventory,
    rules: Sequence[Rule],
    year: int | None,
    lost: set[str],
    given: Collection[str],
) -> tuple[Unmatched, ...]:
    """Resolve the references of an estate and note its faults; the names nothing bears."""
    same_names(estate, base)
    resolution = Resolution(estate, base, rules, lost, previous)
    resolution.machines_and_hosts()
    resolution.links()
    add_unmapped(estate, [app.code for app in base.applications])
    resolution.applications_named()
    unattached = resolution.attach(base) if "links" in given or "machines" in given or "map" in given else []
    complete(estate, base)
    name_bodies(estate, base, rules, year)
    check_references(estate, base)
    check_complements(estate, base)
    check_doubts(estate, given, base, resolution.left)
    check_plausible(estate, base, year)
    return (*resolution.unmatched(), *unattached)


def _entries(
    estate: Estate, faults: Sequence[Fault]
) -> dict[tuple[str, str, int | None], tuple[str, tuple[Any, ...]]]:
    """Of the lines that have a fault, the entry read there."""
    wanted = {(fault.file, fault.sheet, fault.line) for fault in faults}
    found = {}
    for table, lines in estate.located().items():
        for located in lines:
            place = located.row.place
            at = (place.file, place.sheet, place.line)
            if at in wanted:
                found[at] = (table, identity(table, located.entry))
    return found


def _names(files: Sequence[Path]) -> dict[Path, str]:
    """Name shown for each file: its own, or its path when two files share one."""
    count = Counter(path.name for path in files)
    return {path: path.name if count[path.name] == 1 else str(path) for path in files}


def _read_file(path: Path, name: str, reading: _Reading, files: Given) -> None:
    found: list[Sheet] | None = None
    unknown: list[tuple[Place, Sheet]] = []
    try:
        file = opened(path, reading.profiles, name)
        found = file.sheets()
        if files.is_stray(path, found):
            return
        reading.asked.note(name, file.candidates)
        for sheet in found:
            if not _read_sheet(sheet, Place(name, sheet.name), reading):
                unknown.append((Place(name, sheet.name), sheet))
            reading.progress(name, sum(map(len, reading.rows.values())))
        faults = unrecognised(unknown)
        # A format that is no inventory says what it is; a sheet that is none of our tables is merely skipped.
        barren = bool(file.candidates) and not any(sheet.header for sheet in found)
        if barren and all(fault.severity != "error" for fault in faults) and files.holds_no_table(path):
            faults.append(no_table(Place(name)))
        reading.faults.extend(faults)
    except Unreadable as cause:
        if found is None and cause.code in _NO_TABLE and files.is_stray(path, None):
            return
        place = Place(name, "", cause.line)
        reading.faults.append(place.fault(cause.code, "error", cause.fr, cause.en))
    except OSError as cause:
        reading.faults.append(_not_opened(Place(name), cause))


def _not_opened(place: Place, cause: OSError) -> Fault:
    if isinstance(cause, FileNotFoundError):
        return place.fault(
            "not-found",
            "error",
            "Ce fichier n'existe pas : vérifiez le chemin.",
            "This file does not exist: check the path.",
        )
    fr, en = reason(cause)
    return place.fault(
        "not-opened",
        "error",
        f"Le fichier ne peut pas être ouvert ({fr}) : vérifiez le chemin et les droits de lecture.",
        f"The file cannot be opened ({en}): check the path and the right to read it.",
    )


def _read_sheet(sheet: Sheet, place: Place, reading: _Reading) -> bool:
    """Read the rows of a sheet; whether it is known, as a table or as something that says what is wrong with it."""
    header = sheet.header
    if header is None:
        reading.faults.extend(sheet.faults)
        return bool(sheet.faults) or place.sheet == HELP_SHEET
    kind = header.table.kind
    # Formats that are no tables have no header whose columns could be missing.
    found = list(header_faults(header, Place(place.file, place.sheet, header.line))) if header.line else []
    # What a file that completes does not say stays as it was.
    reading.faults.extend(
        fault
        for fault in found
        if not reading.completes or fault.code != "missing-column" or fault.severity == "error"
    )
    if any(fault.severity == "error" for fault in found):
        # Its rows are left unread: each would only repeat the fault of the header.
        reading.lost.add(kind)
    rows = reading.rows.setdefault(kind, [])
    if kind not in reading.lost:
        rows.extend(rows_of(header, sheet.rows, place, reading.faults))
    reading.faults.extend(sheet.faults)
    return True
