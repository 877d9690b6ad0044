"""The map exported as an exchange file and read back: random inventories, the sample estate."""

import dataclasses
import string
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from archimate_files import codes, read_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_map import (
    Application,
    ApplicationLink,
    DataCentre,
    Inventory,
    Node,
    PhysicalAsset,
    VirtualMachine,
    sample_paths,
)
from pos_map import read as read_files
from pos_map.archimate import write_exchange
from pos_map.model import Flow, Placement

TEXTS = st.text(string.ascii_letters + "éÎœ '&<\"-", min_size=1, max_size=12).map(
    lambda text: " ".join(f"mot {text}".split())
)
SHARES = st.none() | st.integers(0, 100).map(lambda part: part / 100)
AMOUNTS = st.none() | st.floats(0, 1e9, allow_nan=False).map(lambda value: round(value, 6))
DAYS = st.none() | st.dates(date(1971, 1, 1), date(2099, 12, 31))
LEVELS = ("zone", "quartier", "îlot", "bloc", "sous-bloc")


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    nodes: list[Node] = []
    labels: set[tuple[str | None, str]] = set()
    children: dict[str | None, int] = {}
    for rank in range(draw(st.integers(1, 6))):
        above = draw(st.sampled_from([None, *[node for node in nodes if node.code.count("/") < 4]]))
        parent = above.code if above else None
        label = f"Boîte {rank}"
        labels.add((parent, label))
        code = f"{parent}/b{rank}" if parent else f"b{rank}"
        position = children.get(parent, 0)
        children[parent] = position + 1
        nodes.append(Node(code, parent, LEVELS[code.count("/")], label, position, f"ref-{rank}"))
    apps = [
        Application(
            code=code,
            name=draw(TEXTS),
            node=draw(st.sampled_from(nodes)).code,
            owner=draw(st.just("") | TEXTS),
            users=draw(st.none() | st.integers(0, 10**6)),
            act_volume=draw(AMOUNTS),
            perimeter=draw(st.sampled_from(["", "interne", "usagers"])),
            installed=draw(DAYS),
            rgaa=draw(SHARES),
            description=draw(st.just("") | TEXTS),
            ref=f"app-{rank}",
            na=draw(st.sampled_from(["", "status", "rto_h"])),
        )
        for rank, code in enumerate(draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True)))
    ]
    centres = [
        DataCentre(code, draw(TEXTS), draw(st.none() | st.just(1.37)), "France", ref=f"dc-{rank}")
        for rank, code in enumerate(draw(st.lists(TEXTS, max_size=3, unique=True)))
    ]
    if len(centres) > 1:
        centres[1] = dataclasses.replace(centres[1], parent=centres[0].code)
    hosts = [
        PhysicalAsset(name, draw(TEXTS), "Serveur", float(draw(st.integers(0, 999))),
                      draw(st.sampled_from(["", *[centre.code for centre in centres]])), "grappe",
                      purchased=draw(DAYS), cores=draw(AMOUNTS), yearly_kwh=draw(AMOUNTS), ref=f"eq-{rank}")
        for rank, name in enumerate(draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True)))
    ]  # fmt: skip
    machines = [
        VirtualMachine(name, host=draw(st.sampled_from([host.name for host in hosts])), vcpu=draw(AMOUNTS),
                       kind=draw(st.sampled_from(["calcul", "stockage"])), ref=f"vm-{rank}")
        for rank, name in enumerate(draw(st.lists(TEXTS, max_size=3, unique=True)))
    ]  # fmt: skip
    if len(machines) > 1:
        machines[1] = dataclasses.replace(machines[1], host="", inside=machines[0].name, kind="conteneur")
    links = {
        (app.code, environment, machine.name): ApplicationLink(app.code, environment, machine.name, "", 0.25)
        for app in apps
        for environment in draw(st.sampled_from([[], ["production"], ["production", "recette"]]))
        for machine in machines[:1]
    }
    links.update({(app.code, "", ""): ApplicationLink(app.code, "", "", hosts[0].name) for app in apps[:1]})
    flows = [
        Flow(source.code, target.code, draw(st.just("") | TEXTS), draw(st.sampled_from([None, True, False])))
        for source, target in pairwise(apps)
    ]
    second = [node.code for node in nodes if node.code != apps[0].node]
    placements = [Placement(apps[0].code, second[0], 0.4)] if second and draw(st.booleans()) else []
    return Inventory(
        nodes=tuple(nodes), applications=tuple(apps), data_centres=tuple(centres), assets=tuple(hosts),
        machines=tuple(machines), links=tuple(links.values()), flows=tuple(flows), placements=tuple(placements),
    )  # fmt: skip


def sorted_tables(inventory: Inventory) -> dict[str, list[str]]:
    return {
        name: sorted(map(repr, getattr(inventory, name)))
        for name in (
            "nodes",
            "applications",
            "data_centres",
            "assets",
            "machines",
            "links",
            "flows",
            "placements",
        )
    }


@settings(max_examples=25, deadline=None)
@given(inventories())
def test_an_exported_map_reads_back_the_same(inventory: Inventory) -> None:
    with TemporaryDirectory() as folder:
        found, faults = read_bytes(Path(folder), write_exchange(inventory))
    assert sorted_tables(found) == sorted_tables(inventory)
    assert codes(faults, "error") <= {"shares-above-one"}


def test_the_sample_estate_reads_back_the_same(tmp_path: Path) -> None:
    before, _ = read_files(sample_paths())
    after, faults = read_bytes(tmp_path, write_exchange(before))
    assert not codes(faults, "error")
    assert "unread-property" not in codes(faults)
    for table in ("nodes", "applications", "data_centres", "assets", "machines", "links", "flows"):
        bare = [
            [
                dataclasses.replace(entry, **({"ref": ""} if hasattr(entry, "ref") else {}))
                for entry in getattr(one, table)
            ]
            for one in (before, after)
        ]
        assert sorted(map(repr, bare[0])) == sorted(map(repr, bare[1])), table
