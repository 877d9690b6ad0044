"""Encodings, separators, column order, dialects of dates and numbers; recognition of files."""

from datetime import date, datetime
from pathlib import Path

import pytest
from pos_map_estate import SOUND, Reader

from pos_map import Inventory, read
from pos_map.faults import Place
from pos_map.headers import recognise
from pos_map.rows import rows_of
from pos_map.values import BadValue, day, number, share, text

PHYSICAL = "nomEquipementPhysique;type;modele;paysDUtilisation\nH1;Serveur;Modèle été œuvre;France\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_usual_encodings(read_text: Reader, encoding: str) -> None:
    inventory, faults = read_text({"a.csv": PHYSICAL.encode(encoding)}, alone=True)
    assert inventory.assets[0].model == "Modèle été œuvre"
    assert not [fault for fault in faults if fault.severity == "error"]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_separators_and_line_ends(read_text: Reader, separator: str, newline: str) -> None:
    body = PHYSICAL.replace(";", separator).replace("\n", newline)
    inventory, _ = read_text({"a.csv": body}, alone=True)
    assert (inventory.assets[0].name, inventory.assets[0].country) == ("H1", "France")


def test_any_order_case_and_accents_of_columns_and_a_title_above(read_text: Reader) -> None:
    body = "Inventaire 2025;;\n\nTYPE;Pays_d'utilisation;Quantité;NOM équipement physique;\nServeur;France;2;H1;\n"
    inventory, faults = read_text({"a.csv": body}, alone=True)
    asset = inventory.assets[0]
    assert (asset.name, asset.type, asset.quantity, asset.country) == ("H1", "Serveur", 2.0, "France")
    assert {fault.line for fault in faults} == {3}
    assert {fault.code for fault in faults} == {"missing-column"}


def test_lines_are_those_of_the_editor_even_with_cells_over_two_lines(read_text: Reader) -> None:
    two_lines = PHYSICAL.replace("Modèle été œuvre", '"deux\nlignes"')
    body = two_lines + '\nH2;;"x\ny";France\nH3;;x;France\n'
    inventory, faults = read_text({"a.csv": body}, alone=True)
    assert inventory.assets[0].model == "deux lignes"
    assert [fault.line for fault in faults if fault.code == "missing-value"] == [5, 7]


def test_blank_is_unknown_never_zero(read_text: Reader) -> None:
    header = (
        "nomEquipementVirtuel;nomEquipementPhysique;vCPU;ramGo;capaciteStockage;cleRepartition;consoElecAn\n"
    )
    inventory, _ = read_text({"virtuels.csv": header + "VM1;H1;;;;;\nVM2;H2;0;0;0;0;0\n"})
    blank, zero = inventory.machines
    assert (blank.vcpu, blank.ram_gb, blank.storage_gb, blank.key, blank.yearly_kwh) == (None,) * 5
    assert (zero.vcpu, zero.ram_gb, zero.storage_gb, zero.key, zero.yearly_kwh) == (0.0,) * 5
    assert (blank.kind, zero.kind) == ("calcul", "calcul")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2020-07-08", date(2020, 7, 8)),
        ("20200708", date(2020, 7, 8)),
        ("08/07/2020", date(2020, 7, 8)),
        ("8/7/2020", date(2020, 7, 8)),
        ("2020-07-08 00:00:00", date(2020, 7, 8)),
        (datetime(2020, 7, 8, 12), date(2020, 7, 8)),
        (date(2020, 7, 8), date(2020, 7, 8)),
        (20200708, date(2020, 7, 8)),
        (44020, date(2020, 7, 8)),
        (" ", None),
        (None, None),
    ],
)
def test_dates(cell: object, expected: date | None) -> None:
    assert day(cell) == expected


def test_a_year_alone_is_its_middle_and_only_where_allowed() -> None:
    assert day(2021, year_alone=True) == date(2021, 7, 1)
    assert day(2021.0, year_alone=True) == date(2021, 7, 1)
    with pytest.raises(BadValue):
        day("2021")


@pytest.mark.parametrize(
    "cell", ["07/28/2020", "2020-13-01", "20-07-08", "hier", True, "1969-12-31", "12/2020"]
)
def test_bad_dates(cell: object) -> None:
    with pytest.raises(BadValue):
        day(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", 12.0),
        ("1,42", 1.42),
        ("1.42", 1.42),
        ("1 234,5", 1234.5),
        ("1\u202f234", 1234.0),
        ("1\u00a0234\u00a0567", 1234567.0),
        ("-3", -3.0),
        ("1e3", 1000.0),
        (3, 3.0),
        ("", None),
        (None, None),
    ],
)
def test_numbers(cell: object, expected: float | None) -> None:
    assert number(cell) == expected


@pytest.mark.parametrize("cell", ["1.234,5", "1,234.5", "12 kWh", "1 23", "inf", float("inf"), True, "0x10"])
def test_bad_numbers(cell: object) -> None:
    with pytest.raises(BadValue):
        number(cell)


def test_shares_and_texts() -> None:
    assert (share("57 %"), share("0,57"), share(""), share(1)) == (0.57, 0.57, None, 1.0)
    for cell in ("57", "-0,1", "101 %"):
        with pytest.raises(BadValue):
            share(cell)
    assert (text(12.0), text(" a  b "), text(None), text(datetime(2020, 7, 8))) == (
        "12",
        "a b",
        "",
        "2020-07-08",
    )
    with pytest.raises(BadValue):
        text("#REF!")


def test_personal_column_is_never_kept() -> None:
    inventory, _ = read([Path(__file__).parent / "data"])
    assert "MATRICULE" not in repr(inventory)
    lines = [(1, ("nomEquipementPhysique", "type", "utilisateur")), (2, ("H1", "Serveur", "MATRICULE-4242"))]
    header = recognise(lines)
    assert header is not None
    (row,) = rows_of(header, lines, Place("a.csv"), [])
    assert (row.text("name"), row.text("user")) == ("H1", "")


def test_small_state_format_set_of_our_own() -> None:
    inventory, faults = read([Path(__file__).parent / "data"])
    assert [(fault.code, fault.column) for fault in faults] == [("personal-data", "utilisateur")]
    first, second = inventory.assets
    assert (first.purchased, first.retired, first.yearly_kwh) == (date(2020, 7, 8), date(2024, 11, 20), 1.2)
    assert (second.purchased, second.retired, second.yearly_kwh) == (date(2020, 7, 8), date(2023, 2, 1), None)
    assert [(vm.yearly_kwh, vm.key, vm.kind) for vm in inventory.machines] == [
        (12.5, None, "calcul"),
        (None, 0.5, "stockage"),
    ]
    assert [(node.code, node.parent, node.level, node.position) for node in inventory.nodes] == [
        ("domaine-1", None, "zone", 0),
        ("domaine-1/sous-domaine-1", "domaine-1", "quartier", 0),
        ("domaine-1/sous-domaine-2", "domaine-1", "quartier", 1),
    ]
    assert [(app.code, app.node, app.owner) for app in inventory.applications] == [
        ("appli-1", "domaine-1/sous-domaine-1", "Entite 1"),
        ("appli-2", "domaine-1/sous-domaine-2", "Entite 1"),
    ]
    # The machine is what counts: the host named beside it is checked, not linked a second time.
    assert [(link.vm, link.host) for link in inventory.links] == [("vm-1", ""), ("vm-2", "")]


@pytest.mark.parametrize(
    ("folder", "assets", "machines", "applications"),
    [("g4it_demo_inputs", 6, 12, 3), ("g4it_eval_nominal/input", 2, 2, 2)],
)
def test_state_examples(folder: str, assets: int, machines: int, applications: int) -> None:
    path = Path(__file__).parents[3] / "shared" / "acceptance" / folder
    if not path.is_dir():
        pytest.skip(f"the published example files are not beside the repository ({path})")
    inventory, faults = read([path])
    assert not [fault for fault in faults if fault.severity == "error"]
    counts = (len(inventory.assets), len(inventory.machines), len(inventory.applications))
    assert counts == (assets, machines, applications)


def test_unknown_file_missing_file_empty_folder_and_odd_suffix(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    (tmp_path / "notes.csv").write_text("a;b\n1;2\n")
    (tmp_path / "parc.ods").write_text("")
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\0\x81")
    paths = [tmp_path / name for name in ("vide", "notes.csv", "absent.csv", "parc.ods", "image.csv")]
    inventory, faults = read(paths)
    assert inventory == Inventory()
    assert {(fault.file, fault.code, fault.severity) for fault in faults} == {
        ("vide", "empty-folder", "error"),
        ("notes.csv", "unknown-format", "error"),
        ("absent.csv", "not-found", "error"),
        ("parc.ods", "empty-file", "error"),
        ("image.csv", "bad-encoding", "error"),
    }
    assert all(fault.line is None and fault.fr and fault.en for fault in faults)


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    for name, body in SOUND.items():
        (tmp_path / name).write_text(body)
    inventory, faults = read([tmp_path, tmp_path / "centres.csv"])
    assert (len(inventory.data_centres), faults) == (1, [])


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "c.csv").write_text("nomCourtDatacenter;pue;localisation\nDC1;0;France\n")
    _, faults = read([tmp_path / "a" / "c.csv", tmp_path / "b" / "c.csv"])
    files = [fault.file for fault in faults if fault.code == "too-small"]
    assert files == [str(tmp_path / "a" / "c.csv"), str(tmp_path / "b" / "c.csv")]
