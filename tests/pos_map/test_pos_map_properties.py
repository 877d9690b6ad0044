"""Round trips of random inventories, and the small rules of names, places and merging."""

import csv
import random
import string
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pos_map import DataCentre, Inventory, Node, PhysicalAsset, VirtualMachine, near, read
from pos_map.placement import MapBuilder
from pos_map.values import meaning

NAMES = (
    st.text(alphabet=string.ascii_letters + string.digits + "éèÎœ '\";,-_/€", min_size=1, max_size=20)
    .map(lambda name: " ".join(name.split()) or "x")
    .filter(lambda name: not meaning(name))
)
AMOUNTS = st.none() | st.floats(0, 1e9, allow_nan=False).map(lambda value: round(value, 6))
DATES = st.none() | st.dates(date(1970, 1, 1), date(2100, 12, 31))


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    centres = [
        DataCentre(code, code, draw(st.none() | st.floats(1, 3).map(lambda v: round(v, 4))), "France")
        for code in draw(st.lists(NAMES, max_size=3, unique=True))
    ]
    hosts = []
    for name in draw(st.lists(NAMES, max_size=5, unique=True)):
        first, last = sorted((draw(DATES), draw(DATES)), key=lambda day: (day is None, day or date.min))
        centre = draw(st.sampled_from([centre.code for centre in centres] or [""]))
        quantity = draw(st.integers(0, 9999))
        hosts.append(
            PhysicalAsset(
                name,
                draw(NAMES),
                "Serveur",
                float(quantity),
                centre,
                "",
                first,
                last,
                cores=draw(AMOUNTS),
                ram_gb=draw(AMOUNTS),
                yearly_kwh=draw(AMOUNTS),
            )
        )
    machines = [
        VirtualMachine(name, host.name, vcpu=draw(AMOUNTS), storage_gb=draw(AMOUNTS))
        for host in hosts[:1]
        for name in draw(st.lists(NAMES, max_size=5, unique=True))
    ]
    return Inventory(data_centres=tuple(centres), assets=tuple(hosts), machines=tuple(machines))


def as_written(value: object, french: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}" if french else value.isoformat()
    return str(value).replace(".", ",") if french and isinstance(value, float) else str(value)


def _is_utf8(written: bytes) -> bool:
    try:
        return not written.isascii() and bool(written.decode("utf-8"))
    except UnicodeDecodeError:
        return False


FILES = {
    "centres.csv": (
        "data_centres",
        {"nomCourtDatacenter": "code", "nomLongDatacenter": "name", "pue": "pue", "localisation": "location"},
    ),
    "physiques.csv": (
        "assets",
        {
            "nomEquipementPhysique": "name",
            "modele": "model",
            "type": "type",
            "quantite": "quantity",
            "nomCourtDatacenter": "data_centre",
            "dateAchat": "purchased",
            "dateRetrait": "retired",
            "nbCoeur": "cores",
            "ramGo": "ram_gb",
            "consoElecAnnuelle": "yearly_kwh",
        },
    ),
    "virtuels.csv": (
        "machines",
        {
            "nomEquipementVirtuel": "name",
            "nomEquipementPhysique": "host",
            "vCPU": "vcpu",
            "capaciteStockage": "storage_gb",
        },
    ),
}


@settings(max_examples=40, deadline=None)
@given(inventories(), st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]), st.integers(0, 999))
def test_what_is_written_is_read_back(inventory: Inventory, french: bool, encoding: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        for file, (entries, columns) in FILES.items():
            headers = list(columns)
            random.Random(seed).shuffle(headers)
            with (Path(folder) / file).open("w", encoding=encoding, newline="") as stream:
                writer = csv.writer(stream, delimiter=";" if french else ",")
                writer.writerow(headers)
                for entry in getattr(inventory, entries):
                    writer.writerow([as_written(getattr(entry, columns[h]), french) for h in headers])
            # Bytes of cp1252 that are UTF-8 too ("Îœ") are read as UTF-8: nothing tells them apart.
            assume(encoding != "cp1252" or not _is_utf8((Path(folder) / file).read_bytes()))
        found, faults = read([Path(folder)])
    assert [fault for fault in faults if fault.severity == "error"] == []
    assert found == inventory


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_faults_and_never_raise(body: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(b"nomCourtDatacenter;pue\n" + body)
        read([path])


@given(st.lists(st.lists(NAMES | st.just(""), min_size=4, max_size=4), max_size=12))
def test_every_box_has_its_parent_before_it_and_its_own_code(places: list[list[str]]) -> None:
    boxes = MapBuilder()
    codes = [boxes.place(labels) for labels in places]
    nodes = boxes.nodes()
    seen: set[str | None] = {None}
    ranks: set[tuple[str | None, int]] = set()
    for node in nodes:
        assert node.parent in seen
        assert node.code not in seen
        assert (node.parent, node.position) not in ranks
        seen.add(node.code)
        ranks.add((node.parent, node.position))
    assert set(codes) <= seen
    # Placing again changes nothing.
    assert [boxes.place(labels) for labels in places] == codes
    assert boxes.nodes() == nodes


def test_labels_that_share_a_slug_stay_two_boxes() -> None:
    boxes = MapBuilder()
    assert [boxes.place([label]) for label in ("R+", "R-", "r+", "§")] == ["r", "r-2", "r", "x"]


def test_near_names() -> None:
    assert near("TRI COURIER", ["TRI-COURRIER", "PAIE", "NUM-COURRIER"]) == ("TRI-COURRIER", "NUM-COURRIER")
    assert near("Îlot", ["ilot", "bloc"]) == ("ilot",)
    assert near("zzz", ["PAIE"]) == ()


def test_merge_replaces_in_place_and_appends() -> None:
    before = Inventory(data_centres=(DataCentre("A", "a", 1.5), DataCentre("B", "b")))
    after = before.merge(Inventory(data_centres=(DataCentre("C", "c"), DataCentre("A", "a", 1.2))))
    assert after.data_centres == (DataCentre("A", "a", 1.2), DataCentre("B", "b"), DataCentre("C", "c"))
    assert Inventory(nodes=(Node("z", None, "zone", "Z", 0),)).merge(Inventory()).nodes[0].code == "z"


@pytest.mark.slow
def test_fifty_thousand_machines_read_in_seconds(tmp_path: Path) -> None:
    hosts = "".join(f"h{n};Serveur;1;France\n" for n in range(1000))
    machines = "".join(f"vm{n};h{n % 1000};4;0,01\n" for n in range(50_000))
    links = "".join(f"app{n % 5000};Production;vm{n}\n" for n in range(50_000))
    (tmp_path / "h.csv").write_text("nomEquipementPhysique;type;quantite;paysDUtilisation\n" + hosts)
    (tmp_path / "v.csv").write_text(
        "nomEquipementVirtuel;nomEquipementPhysique;vCPU;cleRepartition\n" + machines
    )
    (tmp_path / "a.csv").write_text("nomApplication;typeEnvironnement;nomEquipementVirtuel\n" + links)
    inventory, faults = read([tmp_path])
    assert (len(inventory.machines), len(inventory.links)) == (50_000, 50_000)
    assert not [fault for fault in faults if fault.severity == "error"]
