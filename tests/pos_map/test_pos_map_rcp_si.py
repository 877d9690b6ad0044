"""Requests of the PCR-SI draft: strict, as loose as its published examples, hostile; written and read back."""

import json
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from drawn_inventories import inventories
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_map import Gathered, Inventory, gather
from pos_map.grids import Unreadable
from pos_map.loose_json import Json, Object, parse
from pos_map.model import DataCentre, PhysicalAsset, Service
from pos_map.rcp_si import is_rcp_si, write_rcp_si
from pos_map.rcp_si_words import is_non_it, is_service

# The looseness of the published example, in words of ours.
LOOSE = """{
  "organization": "Organisme",
  "dataset": "2024",
  "electricity": [ { "name": "Maison", "impacts": { ImpactObject }, "source": "x" }, {...} ]
  "inventory": [
    { "id": "libre"
      "type": "server", "name": "Modèle 1", "quantity" : 42, "unit": "piece", "lifetime" : 4.6,
      "quality": "medium", "yearly_electricity_consumption": 1000, "mix_of_use": "Maison",
      "tags": ["Datacenter A"], },
    { "id": "libre", "type": "non-IT", "name": "Froid", "quantity" : 1, "unit": "kWh", "lifetime" : 1,
      "yearly_electricity_consumption": 8400, "mix_of_use": "Maison", "tags": ["Datacenter A"] },
    { "id": "portable", "type": "laptop", "name": "Modèle 2", "quantity" : 24, "unit": "piece", "lifetime" : 6.4,
      "yearly_electricity_consumption": 30, "mix_of_use": "Suisse", "tag": ["Bureaux"] },
    { "id": "libre", "type": "virtual machine", "name": "Instance", "quantity" : 12, "unit": "hours of CPU",
      "impacts": { "USE": {"GWP": 3.5}, "BLD": {"GWP": 1, "ADPe": 9} } /* déclaré */ },
    ...
  ]
}
"""


@pytest.fixture
def read_json(tmp_path: Path) -> Any:
    def written(content: str | bytes | dict[str, Any]) -> Gathered:
        path = tmp_path / "demande.json"
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return gather([path])

    return written


def test_the_looseness_of_the_draft_is_read_and_told(read_json: Any) -> None:
    found = read_json(LOOSE)
    assert found.errors == ()
    server, laptop = found.inventory.assets
    assert server == PhysicalAsset(
        "Modèle 1",
        "Modèle 1",
        "server",
        42.0,
        "Datacenter A",
        entity="Organisme",
        yearly_kwh=1000.0,
        lifetime_y=4.6,
    )
    assert (laptop.name, laptop.site, laptop.country, laptop.data_centre) == (
        "portable",
        "Bureaux",
        "Suisse",
        "",
    )
    # 42 pieces at 1,000 kWh each, and 8,400 kWh besides.
    assert found.inventory.data_centres == (DataCentre("Datacenter A", "Datacenter A", 1.2),)
    (service,) = found.inventory.services
    assert (service.name, service.application, service.kgco2e) == ("Instance", "Instance", 4.5)
    assert [node.label for node in found.inventory.nodes] == ["non rattaché"]
    slips = [
        (fault.line, fault.fr.split(":")[0].strip()) for fault in found.faults if fault.code == "loose-json"
    ]
    assert slips == [
        (4, "Des points de suspension tiennent la place d'un contenu"),
        (4, "Un mot sans guillemets tient la place d'un contenu"),
        (5, "Il manque une virgule avant cet élément"),
        (7, "Il manque une virgule avant cet élément"),
        (9, "Une virgule est en trop"),
        (15, "Un commentaire, qu'un JSON n'a pas"),
        (16, "Des points de suspension tiennent la place d'un contenu"),
    ]
    codes = {fault.code: fault.line for fault in found.faults}
    assert (codes["pue-deduced"], codes["custom-mix"]) == (11, 8)
    (deduced,) = [fault for fault in found.faults if fault.code == "pue-deduced"]
    assert re.search(r"un PUE de \d,\d+ \(", deduced.fr)
    assert re.search(r"a PUE of \d\.\d+ \(", deduced.en)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": "kg"}, "unit"),
        ({"impacts": {"GWP": 12}}, "impacts-unread"),
        ({"quantity": None}, "blank-quantity"),
        ({"lifetime": "longtemps"}, "bad-number"),
        ({"lifetime": 0}, "too-small"),
        ({"quantity": [1]}, "bad-number"),
        ({"quantity": True}, "bad-number"),
        ({"type": ""}, "missing-value"),
        ({"id": "", "name": ""}, "missing-value"),
        ({"type": "non-IT", "tags": []}, "non-it-unplaced"),
        ({"yearly_electricity_consumption": None}, "non-it-unread"),
    ],
)
def test_what_is_wrong_is_told_at_the_line_of_the_item(
    read_json: Any, change: dict[str, Any], code: str
) -> None:
    item = {"id": "a", "type": "server", "name": "m", "quantity": 1, "lifetime": 5, "mix_of_use": "France",
            "yearly_electricity_consumption": 100, "tags": ["salle 1"]}  # fmt: skip
    beside = {
        "id": "b",
        "type": "Non IT",
        "yearly_electricity_consumption": 10,
        "quantity": 1,
        "tags": ["salle 1"],
    }
    text = '{"inventory": [\n' + json.dumps({**item, **change}) + ",\n" + json.dumps(beside) + "\n]}"
    fault = next(fault for fault in read_json(text).faults if fault.code == code)
    assert fault.line in (2, 3)
    assert fault.fr
    assert fault.en


def test_repeated_identifiers_give_way_to_names(read_json: Any) -> None:
    items = [{"id": "x", "type": "server", "name": "m", "quantity": 1}] * 2
    assert [asset.name for asset in read_json({"inventory": items}).inventory.assets] == ["m", "m (2)"]


@pytest.mark.parametrize("content", [{"total_impact": {}}, {"equipement_types": {}, "x": 1}])
def test_responses_and_references_are_told(read_json: Any, content: dict[str, Any]) -> None:
    found = read_json(content)
    assert [(fault.code, fault.severity) for fault in found.faults] == [("results", "warning")]
    assert found.inventory == Inventory()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"inventory": [\n', 2),
        ('{"inventory": [\n{"a": }]}', 2),
        ('{"inventory": 3}', None),
        ('{"inventory": []}\n}', 2),
        ('{"inventory": [\n' + "[" * 100, 2),
        ('{"inventory": ["\\ud8"]}', 1),
        ('{"inventory": \x01}', 1),
        ('{\n"inventory"\n: "a\nb"}', 3),
    ],
)
def test_what_is_no_json_is_refused_at_its_line(read_json: Any, text: str, line: int | None) -> None:
    (fault,) = read_json(text).faults
    assert (fault.severity, fault.line) == ("error", line)
    assert fault.code in ("bad-json", "unknown-format")


def plain(value: Json) -> Any:
    if isinstance(value, Object):
        return {name: plain(inside) for name, inside in value.values.items()}
    return [plain(inside) for inside in value] if isinstance(value, list) else value


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_sound_json_is_read_as_it_is_and_without_a_slip(
    value: Any, indent: int | None, ascii_only: bool
) -> None:
    found, slips = parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only))
    assert slips == []
    assert plain(found) == value


@given(st.text(alphabet='{}[]:,"ab.…/* 1\n-', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    refused: Unreadable | None = None
    try:
        parse(text)
    except Unreadable as cause:
        refused = cause
    assert refused is None or refused.line is not None


def carried(inventory: Inventory) -> Inventory:
    """What the format carries of an inventory, as it is read back."""
    places = {centre.code: centre.location for centre in inventory.data_centres}
    assets = tuple(
        PhysicalAsset(
            one.name, one.model, one.type, one.quantity, one.data_centre, site=one.site, entity=one.entity,
            country=one.country or places.get(one.data_centre, ""), lifetime_y=one.lifetime_y,
            yearly_kwh=one.yearly_kwh,
        )
        for one in inventory.assets
    )  # fmt: skip
    services = tuple(replace(one, spend_eur=None, pue=None, na="") for one in inventory.services)
    return Inventory(assets=assets, services=services)


@settings(max_examples=40, deadline=None)
@given(inventories().filter(lambda one: not any(is_service(a.type) or is_non_it(a.type) for a in one.assets)))
def test_what_the_format_carries_comes_back(inventory: Inventory) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demande.json"
        path.write_text(write_rcp_si(inventory))
        assert is_rcp_si(path)
        found = gather([path])
    assert found.errors == ()
    wanted = carried(inventory)
    assert found.inventory.assets == wanted.assets
    assert found.inventory.services == wanted.services


def test_the_overhead_of_a_room_comes_back_as_its_pue(read_json: Any) -> None:
    centres = (DataCentre("DC", "DC", 1.42, "France"), DataCentre("VIDE", "VIDE", 1.3))
    hosts = tuple(PhysicalAsset(f"h{n}", "m", "Serveur", 2.0, "DC", yearly_kwh=1234.5) for n in range(3))
    found = read_json(write_rcp_si(Inventory(data_centres=centres, assets=hosts), "Organisme"))
    assert found.inventory.data_centres == centres[:1]
    assert {asset.entity for asset in found.inventory.assets} == {"Organisme"}


def test_a_service_and_a_machine_of_one_name_stay_two(read_json: Any) -> None:
    inventory = Inventory(assets=(PhysicalAsset("X", "m", "Serveur", 1.0),), services=(Service("X", "APP"),))
    found = read_json(write_rcp_si(inventory)).inventory
    assert ([one.name for one in found.assets], [one.name for one in found.services]) == (["X"], ["X"])
