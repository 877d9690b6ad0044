"""Errors across files: repeated names, shares above one, dates out of order, circles."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import TypeVar

from pos_map.estate import Estate, Located
from pos_map.model import ApplicationLink
from pos_map.rows import Row

T = TypeVar("T")
_TOLERANCE = 1e-9


def check_references(estate: Estate) -> None:
    """Note every error across the entries, references being resolved."""
    _repeats(estate)
    for located in estate.assets:
        _dates(located.entry.purchased, located.entry.retired, located.row)
    _shares(estate)
    _circle(estate.data_centres, lambda centre: centre.code, lambda centre: centre.parent, "parent")
    _circle(estate.machines, lambda vm: vm.name, lambda vm: vm.inside, "inside")
    _circle(estate.organisations, lambda body: body.code, lambda body: body.successor, "successor")
    _circle(estate.organisations, lambda body: body.code, lambda body: body.parent, "parent")


def _circle(
    entries: list[Located[T]], name_of: Callable[[T], str], above: Callable[[T], str], field: str
) -> None:
    """Note an error on each entry that stands above itself."""
    parents = {name_of(line.entry): above(line.entry) for line in entries if above(line.entry)}
    sound: set[str] = set()
    for line in entries:
        name, seen = name_of(line.entry), []
        while name in parents and name not in sound and name not in seen:
            seen.append(name)
            name = parents[name]
        if name in seen and name == name_of(line.entry):
            written = " → ".join([*seen, name])
            line.row.error(
                field,
                "circle",
                f"Une boucle ({written}) : retirez un de ces liens.",
                f"A circle ({written}): remove one of these links.",
            )
        elif name not in seen:
            sound.update(seen)


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
        f"L'équipement est retiré le {retired}, avant son achat le {purchased} : "
        "une date de retrait postérieure est attendue.",
        f"The equipment was retired on {retired}, before its purchase on {purchased}: "
        "a later date of retirement is expected.",
    )


def _shares(estate: Estate) -> None:
    """Declared shares of one thing sum to 1 at most (M4); below, the remainder is left non affecté."""
    links: dict[ApplicationLink, Row] = {}
    for located in estate.link_rows:
        links.setdefault(located.entry, located.row)
    sums(
        (((link.vm, link.host), link.share, row) for link, row in links.items()),
        "share",
        "shares-above-one",
    )
    sums(
        (
            (
                (
                    vm.entry.inside or vm.entry.host,
                    "" if vm.entry.inside or vm.entry.host else vm.entry.cluster,
                ),
                vm.entry.key,
                vm.row,
            )
            for vm in estate.machines
        ),
        "key",
        "keys-above-one",
    )
    sums(
        (((place.entry.application, ""), place.entry.share, place.row) for place in estate.placements),
        "share",
        "shares-above-one",
    )


def sums(shares: Iterable[tuple[tuple[str, str], float | None, Row]], field: str, code: str) -> None:
    """What is shared is a pair of which one is named: a machine and a host may bear the same name."""
    total: dict[tuple[str, str], float] = {}
    last: dict[tuple[str, str], Row] = {}
    for pair, share, row in shares:
        if any(pair) and share is not None:
            total[pair] = total.get(pair, 0.0) + share
            last[pair] = row
    for pair, row in last.items():
        name = pair[0] or pair[1]
        if (found := total[pair]) > 1 + _TOLERANCE:
            row.error(
                field,
                code,
                f"Les parts déclarées de « {name} » font {found:.6g} : un total d'au plus 1 est attendu.",
                f"The declared shares of “{name}” sum to {found:.6g}: a total of 1 at most is expected.",
            )
