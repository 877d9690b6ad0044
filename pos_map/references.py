"""Errors across files: repeated names, shares above one, dates out of order, circles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any, TypeVar

from pos_map.estate import Estate, Located
from pos_map.model import IDENTITIES, ApplicationLink, Inventory, VirtualMachine, identity
from pos_map.rows import Row
from pos_map.saying import day_fr

T = TypeVar("T")
_TOLERANCE = 1e-9
# Rooms in rooms, containers in containers: the engine goes no deeper.
MOST_LAYERS = 5
# Bodies taken over one after the other.
MOST_MERGERS = 20


def check_references(estate: Estate, base: Inventory) -> None:
    """Note every error across the entries, references being resolved; `base` is what they complete."""
    _repeats(estate)
    for located in estate.assets:
        _dates(located.entry.purchased, located.entry.retired, located.row)
    for table in ("applications", "data_centres", "assets", "machines"):
        _renamed(estate.located()[table], base, table)
    _shares(estate, base)
    _circle(estate.data_centres, base.data_centres, "code", "parent")
    _circle(estate.machines, base.machines, "name", "inside")
    _circle(estate.organisations, base.organisations, "code", "successor", MOST_MERGERS)
    _circle(estate.organisations, base.organisations, "code", "parent", MOST_MERGERS)


def _renamed(lines: Sequence[Located[Any]], base: Inventory, table: str) -> None:
    """What bears the reference of something else the files complete would count twice: it was renamed in its source."""
    (field,) = IDENTITIES[table]
    known = {getattr(entry, field) for entry in getattr(base, table)}
    borne = Counter(entry.ref for entry in getattr(base, table) if entry.ref)
    names = {entry.ref: getattr(entry, field) for entry in getattr(base, table) if borne[entry.ref] == 1}
    for line in lines:
        name, before = getattr(line.entry, field), names.get(line.entry.ref, "")
        if not before or name in known:
            continue
        line.row.error(
            field,
            "renamed",
            f"« {name} » porte la référence de « {before} », qui compterait deux fois. Gardez ce nom, ou importez tout "
            "l'inventaire pour le renommer.",
            f"“{name}” bears the reference of “{before}”, which would count twice. Keep that name, or import the whole "
            "inventory to rename it.",
            before,
        )


def left_alone(base: Inventory, table: str, lines: Sequence[Located[Any]]) -> list[Any]:
    """The entries of `base` that the files read say nothing of."""
    said = {identity(table, line.entry) for line in lines}
    return [entry for name, entry in base.by_identity(table).items() if name not in said]


def _circle(
    entries: Sequence[Located[Any]], before: Sequence[Any], name: str, field: str, most: int = MOST_LAYERS
) -> None:
    """Note an error on each entry that stands above itself, or under more than `most` others."""
    here = [line for line in entries if getattr(line.entry, field)]
    if not here:
        return
    parents = {getattr(entry, name): above for entry in before if (above := getattr(entry, field))}
    parents |= {getattr(line.entry, name): getattr(line.entry, field) for line in here}
    layers: dict[str, int] = {}
    for line in here:
        start = getattr(line.entry, name)
        seen: list[str] = []
        above = start
        while above in parents and above not in layers and above not in seen:
            seen.append(above)
            above = parents[above]
        if above in seen:
            if above == start:
                _round(line.row, field, [*seen, start])
            continue
        for rank, passed in enumerate(reversed(seen), layers.get(above, 0) + 1):
            layers[passed] = rank
        if layers.get(start, 0) > most:
            line.row.error(
                field,
                "too-deep",
                f"« {start} » est sous {layers[start]} autres : {most} au plus sont attendus.",
                f"“{start}” is under {layers[start]} others: {most} at most are expected.",
            )


def _round(row: Row, field: str, names: Sequence[str]) -> None:
    written = " → ".join(names)
    row.error(
        field,
        "circle",
        f"Une boucle ({written}) : retirez un de ces liens.",
        f"A circle ({written}): remove one of these links.",
    )


def _repeats(estate: Estate) -> None:
    # Applications met only in the links' files are already one each.
    repeated(estate.applications, lambda app: app.code, "code")
    repeated(estate.data_centres, lambda centre: centre.code, "code")
    repeated(estate.assets, lambda asset: asset.name, "name")
    repeated(estate.machines, lambda vm: vm.name, "name")
    repeated(estate.use_cases, lambda case: case.code, "code")
    repeated(estate.placements, lambda place: f"{place.application} → {place.node}", "application")
    repeated(estate.organisations, lambda body: body.code, "code")
    _repeated_links(estate)


def repeated(entries: list[Located[T]], name_of: Callable[[T], str], field: str) -> None:
    """Note an error on each entry whose name was already given."""
    first: dict[str, Row] = {}
    for located in entries:
        name = name_of(located.entry)
        before = first.setdefault(name, located.row)
        if before is not located.row:
            located.row.error(
                field,
                "duplicate",
                f"« {name} » est déjà déclaré à la {before.place.fr()} : un nom unique est attendu.",
                f"“{name}” is already declared at {before.place.en()}: a unique name is expected.",
            )


def _repeated_links(estate: Estate) -> None:
    """The same line twice counts once, with a warning; with two shares, nobody knows which: an error."""
    first: dict[Hashable, tuple[float | None, Row]] = {}
    for located in estate.link_rows:
        link, row = located.entry, located.row
        identity = (link.application, link.environment, link.vm, link.host)
        share, before = first.setdefault(identity, (link.share, row))
        if before is row:
            continue
        fr, en = before.place.fr(), before.place.en()
        if share == link.share:
            row.warning(
                "application",
                "duplicate-link",
                f"Ce rattachement est déjà à la {fr} : il n'est compté qu'une fois.",
                f"This link is already at {en}: it is counted once.",
            )
        else:
            row.error(
                "share",
                "duplicate-link",
                f"Ce rattachement est déjà à la {fr} avec une autre part : une seule ligne est attendue.",
                f"This link is already at {en} with another share: a single line is expected.",
            )


def _dates(purchased: date | None, retired: date | None, row: Row) -> None:
    """Retired the day it was bought is odd but possible; before, it is not."""
    if purchased is None or retired is None or purchased <= retired:
        return
    row.error(
        "retired",
        "retired-before-purchase",
        f"L'équipement est retiré le {day_fr(retired)}, avant son achat le {day_fr(purchased)} : "
        "une date de retrait postérieure est attendue.",
        f"The equipment was retired on {retired}, before its purchase on {purchased}: "
        "a later date of retirement is expected.",
    )


def _shares(estate: Estate, base: Inventory) -> None:
    """Declared shares of one thing sum to 1 at most (M4); below, the remainder is left non affecté."""
    links = Shares("share", "shares-above-one")
    for link in left_alone(base, "links", estate.link_rows):
        links.before((link.vm, link.host), link.share)
    first: dict[ApplicationLink, Row] = {}
    for located in estate.link_rows:
        first.setdefault(located.entry, located.row)
    for link, row in first.items():
        links.add((link.vm, link.host), link.share, row)
    links.check()

    keys = Shares("key", "keys-above-one")
    for vm in left_alone(base, "machines", estate.machines):
        keys.before(_drawn(vm), vm.key)
    for machine in estate.machines:
        keys.add(_drawn(machine.entry), machine.entry.key, machine.row)
    keys.check()

    places = Shares("share", "shares-above-one")
    for place in left_alone(base, "placements", estate.placements):
        places.before((place.application, ""), place.share)
    for line in estate.placements:
        places.add((line.entry.application, ""), line.entry.share, line.row)
    places.check()


def _drawn(vm: VirtualMachine) -> tuple[str, ...]:
    """What a virtual machine draws on: the machine that carries it, else a host, else a cluster."""
    return vm.inside, "" if vm.inside else vm.host, "" if vm.inside or vm.host else vm.cluster


class Shares:
    """Sums of declared shares, by what is shared: names of which one is given, a machine and a host may bear the
    same. `field` and `code` are those of the error."""

    def __init__(self, field: str, code: str) -> None:
        self._field, self._code = field, code
        self._total: dict[tuple[str, ...], float] = {}
        self._last: dict[tuple[str, ...], Row] = {}

    def before(self, named: tuple[str, ...], share: float | None) -> None:
        """Count a share that was there, and that the files say nothing of."""
        if any(named) and share is not None:
            self._total[named] = self._total.get(named, 0.0) + share

    def add(self, named: tuple[str, ...], share: float | None, row: Row) -> None:
        """Count a share read."""
        self.before(named, share)
        if any(named) and share is not None:
            self._last[named] = row

    def check(self) -> None:
        """Note an error on the last row of what is shared beyond 1."""
        for named, row in self._last.items():
            name = "".join(named)
            if (found := self._total[named]) > 1 + _TOLERANCE:
                row.error(
                    self._field,
                    self._code,
                    f"Les parts déclarées de « {name} » font {found:.6g} : un total d'au plus 1 est attendu.",
                    f"The declared shares of “{name}” sum to {found:.6g}: a total of 1 at most is expected.",
                )
