"""Warnings across files: nothing is refused, but the person who knows the estate should look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pos_map.columns import MAP, NODES
from pos_map.estate import Estate, Located
from pos_map.faults import proposal
from pos_map.matching import Alike
from pos_map.model import DataCentre, Inventory, Node, PhysicalAsset
from pos_map.plausible import is_cloud
from pos_map.rows import Row
from pos_map.spelling import key, slug
from pos_map.twins import twins

# Types that are bought to host something; a switch without a virtual machine is in order.
_HOST_WORDS = frozenset({"serveur", "server", "lame", "blade", "hyperviseur", "hote", "host"})
# Statuses under which an application has no machine yet, or no longer.
_OUT_OF_SERVICE = frozenset({"enprojet", "enconstruction", "decommissionnee", "retiree"})
# Statuses of equipment that no longer serves: without a date of withdrawal it is still counted all year.
_WITHDRAWN = ("retire", "rebut", "vendu", "stock", "retired", "disposed", "sold", "unused")

# Where a row of the map writes the labels of its boxes, from the top.
_LEVELS = ("zone", "quartier", "ilot", "bloc", "level5")

# Quantities a default stands for, and what to write when there is really nothing to count.
_NEEDED = {
    "pue": (
        "Si l'électricité comptée comprend déjà le refroidissement, écrivez 1.",
        "If the electricity counted already includes cooling, write 1.",
    ),
    "yearly_kwh": (
        "Si cela ne prend pas d'électricité, écrivez 0.",
        "If it takes no electricity, write 0.",
    ),
}

# A likeness search over every name takes long: propose for the first ones.
_SAID = 20


def check_doubts(
    estate: Estate, given: Collection[str], base: Inventory, left: Collection[tuple[str, str]] = ()
) -> None:
    """Note every warning across the entries. `given` names the kinds of table that were read.

    A table that was not given at all proves nothing: its absence raises no warning line by line. `base` is what
    the files complete; `left` are the entries a person leaves unattached, knowingly: table and name.
    """
    if "map" in given and "links" in given:
        _unmapped_applications(estate, {app.code for app in base.applications}, left)
    if "links" in given:
        _unused_machines(estate, base, left)
        _applications_without_machine(estate, base)
    if "links" in given or "machines" in given:
        _idle_hosts(estate, base)
    _homeless_machines(estate, base)
    _countries(estate, base)
    _withdrawn_without_date(estate)
    _twin_boxes(estate)
    for entries in (estate.data_centres, estate.assets, estate.services):
        _not_applicable(entries)


def _unmapped_applications(estate: Estate, known: Collection[str], left: Collection[tuple[str, str]]) -> None:
    mapped = [*known, *(app.entry.code for app in estate.applications if _on_the_map(app.row))]
    alike, said = Alike(mapped), 0
    for located in estate.applications:
        if _on_the_map(located.row) or ("applications", located.entry.code) in left:
            continue
        code, node = located.entry.code, located.entry.node
        said += 1
        fr, en = proposal(tuple(near.target for near in alike.to(code)) if said <= _SAID else ())
        located.row.warning(
            "application",
            "unmapped-application",
            f"L'application « {code} » n'est pas dans le POS : elle est placée dans « {node} ».{fr}",
            f"The application “{code}” is not on the map: it is placed in “{node}”.{en}",
        )


def _on_the_map(row: Row) -> bool:
    return row.kind == MAP.kind


def _unused_machines(estate: Estate, base: Inventory, left: Collection[tuple[str, str]]) -> None:
    used = {located.entry.vm for located in estate.link_rows} | {link.vm for link in base.links}
    used |= {located.entry.inside for located in estate.machines} | {vm.inside for vm in base.machines}
    for located in estate.machines:
        if located.entry.name not in used and ("machines", located.entry.name) not in left:
            located.row.warning(
                "name",
                "machine-without-application",
                f"Aucune application n'utilise « {located.entry.name} » : sa part reste non affectée.",
                f"No application uses “{located.entry.name}”: its part stays unallocated.",
            )


def _applications_without_machine(estate: Estate, base: Inventory) -> None:
    links = [*(located.entry for located in estate.link_rows), *base.links]
    served = {link.application for link in links if link.vm or link.host}
    served |= {service.entry.application for service in estate.services}
    served |= {service.application for service in base.services}
    for located in estate.applications:
        app = located.entry
        if app.code not in served and key(app.status) not in _OUT_OF_SERVICE:
            located.row.warning(
                "code" if _on_the_map(located.row) else "application",
                "application-without-machine",
                f"L'application « {app.code} » n'a aucune machine : elle ne pourra pas être évaluée.",
                f"The application “{app.code}” has no machine: it cannot be assessed.",
            )


def _idle_hosts(estate: Estate, base: Inventory) -> None:
    """Servers in service that host nothing, alone or through their cluster."""
    machines = [*(located.entry for located in estate.machines), *base.machines]
    busy = {machine.host for machine in machines}
    busy |= {link.entry.host for link in estate.link_rows} | {link.host for link in base.links}
    shared = {machine.cluster for machine in machines if machine.cluster}
    for located in estate.assets:
        asset = located.entry
        if asset.name in busy or asset.cluster in shared or asset.retired or not _hosts(located):
            continue
        located.row.warning(
            "name",
            "idle-host",
            f"« {asset.name} » ne porte ni machine virtuelle ni application : il restera non affecté.",
            f"“{asset.name}” hosts no virtual machine and no application: it will stay unallocated.",
        )


def _hosts(located: Located[PhysicalAsset]) -> bool:
    return not _HOST_WORDS.isdisjoint(slug(located.entry.type).split("-"))


def _homeless_machines(estate: Estate, base: Inventory) -> None:
    clusters = {asset.name: asset.cluster for asset in base.assets}
    clusters |= {located.entry.name: located.entry.cluster for located in estate.assets}
    for located in estate.machines:
        vm = located.entry
        if not vm.host and not vm.cluster and not vm.inside and not is_cloud(located.row):
            located.row.warning(
                "host",
                "machine-without-host",
                f"« {vm.name} » n'a ni équipement ni grappe : rien ne peut lui être attribué.",
                f"“{vm.name}” has neither host nor cluster: nothing can be allocated to it.",
            )
        elif (of_host := clusters.get(vm.host, "")) and vm.cluster and of_host != vm.cluster:
            located.row.warning(
                "cluster",
                "two-clusters",
                f"« {vm.name} » est dans la grappe « {vm.cluster} », mais « {vm.host} » est dans "
                f"« {of_host} » : la grappe de l'équipement est attendue.",
                f"“{vm.name}” is in the cluster “{vm.cluster}”, but “{vm.host}” is in “{of_host}”: "
                "the cluster of the host is expected.",
            )


def _countries(estate: Estate, base: Inventory) -> None:
    """Equipment whose electricity cannot be told: no country, and no data centre with a location."""
    centres = [*(located.entry for located in estate.data_centres), *base.data_centres]
    by_code = {centre.code: centre for centre in centres}
    located_centres = {centre.code for centre in centres if _located(centre, by_code)}
    nowhere: dict[tuple[str, str], list[Located[PhysicalAsset]]] = {}
    for located in estate.assets:
        if not located.entry.country and located.entry.data_centre not in located_centres:
            nowhere.setdefault((located.row.place.file, located.row.place.sheet), []).append(located)
    for lines in nowhere.values():
        _say_nowhere(lines)


def _say_nowhere(lines: list[Located[PhysicalAsset]]) -> None:
    """One warning a line, or one in all where a whole sheet says nothing of the country."""
    if len(lines) > _SAID:
        lines[0].row.warning(
            "country",
            "unknown-country",
            f"Le pays d'utilisation est inconnu pour {len(lines)} lignes, à partir de celle-ci : "
            "l'évaluation prendra la zone de la campagne.",
            f"The country of use is unknown for {len(lines)} lines, from this one on: "
            "the assessment will take the zone of the campaign.",
        )
        return
    for located in lines:
        located.row.warning(
            "country",
            "unknown-country",
            f"Le pays d'utilisation de « {located.entry.name} » est inconnu : l'évaluation choisira.",
            f"The country of use of “{located.entry.name}” is unknown: the assessment will choose.",
        )


def _located(centre: DataCentre, by_code: dict[str, DataCentre]) -> bool:
    """Whether a room, or the centre it is in, says where it is."""
    parent = by_code.get(centre.parent)
    return bool(centre.location or centre.zone or (parent and (parent.location or parent.zone)))


def _not_applicable(entries: Sequence[Located[Any]]) -> None:
    """Quantities that the assessment needs, said not to apply: they count as unknown, never as zero."""
    for located in entries:
        for field in _NEEDED.keys() & located.entry.na.split():
            fr, en = _NEEDED[field]
            located.row.warning(
                field,
                "not-applicable",
                f"« Sans objet » compte ici comme inconnu : une valeur par défaut sera retenue. {fr}",
                f"“Not applicable” counts here as unknown: a default will be taken. {en}",
            )


def _withdrawn_without_date(estate: Estate) -> None:
    """Equipment said to be out of service with no date: it is counted all year (M3 wants the date)."""
    for located in estate.assets:
        asset = located.entry
        words = slug(asset.status).split("-")
        if asset.retired is None and any(word.startswith(_WITHDRAWN) for word in words):
            located.row.warning(
                "retired",
                "withdrawn-without-date",
                f"« {asset.name} » est au statut « {asset.status} » sans date de retrait : il compte toute l'année. "
                "Donnez la date de retrait.",
                f"“{asset.name}” has status “{asset.status}” without a date of withdrawal: it counts all year. "
                "Give the date of withdrawal.",
            )


def _twin_boxes(estate: Estate) -> None:
    """Neighbours on the map that may be one box, told where one of them is read first."""
    nodes = {node.code: node for node in estate.map.nodes()}
    rows = {str(row.cell("code")).strip(): row for row in estate.box_rows}
    for located in estate.applications:
        code: str | None = located.entry.node
        while code in nodes and code not in rows:
            rows[code] = located.row
            code = nodes[code].parent
    for first, other in twins(nodes.values()):
        row = rows.get(other.code) or rows.get(first.code)
        if row is not None:
            row.warning(
                _level_field(row, _depth(other, nodes)),
                "twin-labels",
                f"« {other.label} » et « {first.label} » sont voisins sur la carte et se ressemblent : si c'est la "
                "même chose, gardez un libellé.",
                f"“{other.label}” and “{first.label}” are neighbours on the map and alike: if they are one thing, "
                "keep one label.",
            )


def _depth(node: Node, nodes: Mapping[str, Node]) -> int:
    """How many boxes stand above a box."""
    above, parent = 0, node.parent
    while parent is not None and parent in nodes and above < len(_LEVELS) - 1:
        above, parent = above + 1, nodes[parent].parent
    return above


def _level_field(row: Row, depth: int) -> str:
    """The field where a row writes the label of a box at this depth."""
    if row.kind == NODES.kind:
        return "label"
    if row.cell("path") is not None:
        return "path"
    if not _on_the_map(row):
        return ("domain", "sub_domain")[min(depth, 1)]
    return _LEVELS[depth]
