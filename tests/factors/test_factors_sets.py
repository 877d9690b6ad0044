"""Versions of the shipped set, what changes between two catalogues, and why rows are advised."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from factors import BadTables, Change, UnknownVersion, diff, load, loading, table_digests, versions
from factors.model import SPLIT_STAGES

CATALOGUE = load()
GOLDEN = Path(__file__).with_name("digests.json")
EXPLAINED = [
    ("monitor", "gwp", "embodied", ""), ("laptop", "gwp", "embodied", ""), ("desktop", "gwp", "embodied", ""),
    ("smartphone", "gwp", "embodied", ""), ("printer-personal", "gwp", "embodied", ""),
    ("server", "gwp", "embodied", ""), ("ssd", "gwp", "embodied", ""), ("gpu", "gwp", "embodied", ""),
    ("electricity", "gwp", "", "FR"), ("electricity", "gwp", "", "RE"), ("electricity", "gwp", "", "YT"),
    ("electricity", "pe", "", "FR"), ("pue", "pue", "", "room"), ("hdd", "power", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("version", versions())
def test_the_rows_of_a_version_never_change(version: str) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = table_digests(version)
    changed = sorted({*golden.get(version, {}), *found} - {
        name for name, digest in found.items() if golden.get(version, {}).get(name) == digest
    })  # fmt: skip
    assert changed == [], (
        f"The tables of {version} changed: {', '.join(changed)}. A published version never changes: give the "
        "set another VERSION in factors/loading.py (and copy the published tables to "
        f"factors/tables-{version}/), then write its digests: python tests/factors/write_digests.py"
    )


def test_no_digest_is_of_a_set_that_is_not_shipped() -> None:
    assert set(json.loads(GOLDEN.read_text(encoding="utf-8"))) == set(versions())


def test_the_newest_version_is_first_and_loaded_by_default() -> None:
    assert versions()[0] == loading.VERSION
    assert load(version=loading.VERSION) is load()


def test_an_older_set_is_loaded_by_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tables", "tables-2025.2", "tables-2025.10"):
        shutil.copytree(Path(loading.__file__).with_name("tables"), tmp_path / name)
    older = tmp_path / "tables-2025.2" / "electricity.csv"
    older.write_text(older.read_text(encoding="utf-8").replace(",0.0461,", ",0.052,"), encoding="utf-8")
    monkeypatch.setattr(loading, "SETS", tmp_path)
    assert versions() == ("2026.1", "2025.10", "2025.2")
    before = load(version="2025.2")
    assert (before.version, before.electricity("FR").value) == ("2025.2", 0.052)
    assert load().electricity("FR").value == 0.0461
    (change,) = diff(before, load())
    assert (change.kind, change.after[0].id) == ("changed", "electricity-FR-ademe-2025")
    assert change.relative == pytest.approx((0.0461 - 0.052) / 0.052)


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownVersion, match=r"2026\.1"):
        load(version="1999.1")


# Differences


def kinds(changes: tuple[Change, ...]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(c.kind, tuple(f.id for f in c.before), tuple(f.id for f in c.after)) for c in changes]


def test_the_same_catalogue_has_no_difference() -> None:
    assert diff(CATALOGUE, CATALOGUE) == ()
    assert diff(CATALOGUE, CATALOGUE.with_choices(["electricity-FR-ademe-2025"])) == ()


def test_another_advised_row_is_one_change_with_its_relative_size() -> None:
    changes = diff(CATALOGUE, CATALOGUE.with_choices(["electricity-FR-ecologits"]))
    assert kinds(changes) == [("advised", ("electricity-FR-ademe-2025",), ("electricity-FR-ecologits",))]
    assert changes[0].relative == pytest.approx((0.04144 - 0.0461) / 0.0461)


def test_a_total_is_compared_with_the_sum_of_its_stages() -> None:
    (change,) = diff(CATALOGUE, CATALOGUE.with_choices(["monitor-embodied-manufacturers"]))
    assert change.key == ("monitor", "gwp", "embodied", "")
    assert {factor.stage for factor in change.before} == set(SPLIT_STAGES)
    assert change.relative == pytest.approx((352.6 - 69.84) / 69.84)


def test_a_key_without_an_advised_row_has_no_relative_change() -> None:
    changes = diff(CATALOGUE, CATALOGUE.without_unclear())
    missing = next(c for c in changes if c.key == ("laptop", "water", "embodied", ""))
    assert (missing.kind, missing.after, missing.relative) == ("advised", (), None)


def test_added_and_removed_rows(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    shutil.copytree(Path(loading.__file__).with_name("tables"), folder)
    table = folder / "uncertainty.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    own = lines[-1].replace("uncertainty-generic,", "uncertainty-own,").replace(",generic,", ",own,")
    table.write_text("".join([*lines, own]), encoding="utf-8")
    other = load(folder)
    assert kinds(diff(CATALOGUE, other)) == [
        ("added", (), ("uncertainty-own",)), ("advised", (), ("uncertainty-own",)),
    ]  # fmt: skip
    assert kinds(diff(other, CATALOGUE))[0] == ("removed", ("uncertainty-own",), ())


# Choices


@pytest.mark.parametrize("key", EXPLAINED)
def test_the_choice_of_a_disagreement_is_explained(key: tuple[str, str, str, str]) -> None:
    item, indicator, stage, zone = key
    rows = CATALOGUE.embodied(item, indicator) if stage else (CATALOGUE.find(item, indicator, stage, zone),)
    choices = {CATALOGUE.choice(row) for row in rows}
    (choice,) = choices
    assert choice is not None
    assert choice.key == key
    assert choice.why_fr != choice.why_en
    assert choice.low <= sum(row.value for row in rows) <= choice.high


def test_alternatives_of_a_choice_have_the_same_choice() -> None:
    alternative = CATALOGUE.get("monitor-embodied-ecodiag")
    assert CATALOGUE.choice(alternative) == CATALOGUE.choice(CATALOGUE.get("monitor-transport-ademe"))


def test_where_sources_agree_there_is_no_choice() -> None:
    assert CATALOGUE.choice(CATALOGUE.find("keyboard", stage="embodied")) is None


CHOICE = "pue,pue,,room,1.5,1.8,1,Pourquoi,Why"


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (CHOICE.replace("Why", ""), "why_en", "une valeur non vide"),
        (CHOICE.replace("pue,pue,,room", "pue,pue,,cellar"), "item", "une clé qui a une ligne retenue"),
        (CHOICE.replace("1.5,1.8,1,", "1.5,1.8,W,"), "unit", "1"),
        (CHOICE.replace("1.5,1.8", "1.6,1.8"), "low", "au plus 1.58"),
        (CHOICE.replace("1.5,1.8", "1.5,1.52"), "high", "au moins 1.58"),
        (CHOICE.replace("1.5,1.8", "1.5,"), "high", "un nombre, point décimal (0.05)"),
        (CHOICE.replace("pue,pue,,room", "pue,pue,manufacture,room"), "stage", "l'un de"),
    ],
)
def test_a_fault_of_a_choice_is_located(tmp_path: Path, line: str, column: str, expected: str) -> None:
    shutil.copytree(Path(loading.__file__).with_name("tables"), tmp_path, dirs_exist_ok=True)
    header = "item,indicator,stage,zone,low,high,unit,why_fr,why_en"
    (tmp_path / "choices.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    with pytest.raises(BadTables) as caught:
        load(tmp_path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.column) == ("choices.csv", 2, column)
    assert expected in fault.expected.fr


def test_two_choices_of_a_key_are_refused(tmp_path: Path) -> None:
    shutil.copytree(Path(loading.__file__).with_name("tables"), tmp_path, dirs_exist_ok=True)
    table = tmp_path / "choices.csv"
    table.write_text(table.read_text(encoding="utf-8") + CHOICE + "\n", encoding="utf-8")
    with pytest.raises(BadTables, match=r"déjà en choices\.csv:"):
        load(tmp_path)
