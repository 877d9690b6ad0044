"""Errors across files: repeated names, references to nothing, shares above one, dates out of order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import date
from typing import TypeVar

from pos_map.estate import Estate, Located
from pos_map.faults import proposal
from pos_map.model import ApplicationLink
from pos_map.rows import Row
from pos_map.spelling import near

T = TypeVar("T")
_TOLERANCE = 1e-9
# A likeness search over 50,000 names takes tenths of a second: propose for the first faults only.
_PROPOSALS = 20


class Names:
    """The names one kind of entry may be referred to by; `fr` and `en` name the kind with its adjective."""

    def __init__(self, names: Iterable[str], fr: str, en: str) -> None:
        self.known = frozenset(names)
        self._fr, self._en = fr, en
        self._proposals_left = _PROPOSALS

    def check(self, row: Row, field: str, name: str, code: str) -> None:
        """Note an error on the row when `name` is given and nothing bears it."""
        if not name or name in self.known:
            return
        fr, en = self.proposal(name)
        row.error(
            field,
            code,
            f"« {name} » n'est {self._fr} : un nom déclaré dans son fichier est attendu.{fr}",
            f"“{name}” is not {self._en}: a name declared in its own file is expected.{en}",
        )

    def proposal(self, name: str) -> tuple[str, str]:
        """The end of a sentence proposing near names, blank once enough were proposed."""
        self._proposals_left -= 1
        return proposal(near(name, sorted(self.known))) if self._proposals_left >= 0 else ("", "")


def check_references(estate: Estate, lost: Collection[str]) -> None:
    """Note every error across the entries; `lost` names the kinds of table whose header could not be read.

    A reference to a kind that was lost is not judged: one bad header would drown the rest.
    """
    _repeats(estate)
    assets = (asset.entry.name for asset in estate.assets)
    hosts = Names(assets, "aucun équipement connu", "a known piece of equipment")
    if "data_centres" not in lost:
        _asset_references(estate)
    if "assets" not in lost:
        _machine_references(estate, hosts)
    _link_references(estate, hosts, lost)
    if not {"links", "map"} & set(lost):
        _use_case_references(estate)
    for located in estate.assets:
        _dates(located.entry.purchased, located.entry.retired, located.row)
    _shares(estate)


def _repeats(estate: Estate) -> None:
    # Applications met only in the links' files are already one each.
    repeated(estate.applications, lambda app: app.code, "code")
    repeated(estate.data_centres, lambda centre: centre.code, "code")
    repeated(estate.assets, lambda asset: asset.name, "name")
    repeated(estate.machines, lambda vm: vm.name, "name")
    repeated(estate.use_cases, lambda case: case.code, "code")
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


def _asset_references(estate: Estate) -> None:
    centres = Names(
        (centre.entry.code for centre in estate.data_centres),
        "aucun centre de données connu",
        "a known data centre",
    )
    for located in estate.assets:
        centres.check(located.row, "data_centre", located.entry.data_centre, "unknown-data-centre")


def _machine_references(estate: Estate, hosts: Names) -> None:
    clusters = Names(
        (asset.entry.cluster for asset in estate.assets if asset.entry.cluster),
        "la grappe d'aucun équipement",
        "the cluster of any equipment",
    )
    for located in estate.machines:
        hosts.check(located.row, "host", located.entry.host, "unknown-host")
        # With a host named, the cluster is only a label: State files never repeat it on the host.
        if not located.entry.host:
            clusters.check(located.row, "cluster", located.entry.cluster, "unknown-cluster")


def _link_references(estate: Estate, hosts: Names, lost: Collection[str]) -> None:
    machines = Names(
        (machine.entry.name for machine in estate.machines),
        "aucune machine virtuelle connue",
        "a known virtual machine",
    )
    for located in estate.link_rows:
        if "machines" not in lost:
            machines.check(located.row, "vm", located.entry.vm, "unknown-vm")
        if "assets" not in lost:
            hosts.check(located.row, "host", located.row.text("host"), "unknown-host")


def _use_case_references(estate: Estate) -> None:
    applications = Names(
        (app.entry.code for app in estate.applications), "aucune application connue", "a known application"
    )
    for located in estate.use_cases:
        applications.check(located.row, "application", located.entry.application, "unknown-application")


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
            ((vm.entry.host, "" if vm.entry.host else vm.entry.cluster), vm.entry.key, vm.row)
            for vm in estate.machines
        ),
        "key",
        "keys-above-one",
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
