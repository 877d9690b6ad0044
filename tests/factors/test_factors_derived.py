"""Derived catalogues: other rows advised, unclear rows switched off, an organisation's own rows."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors import (
    BadTables,
    Catalogue,
    ClashingChoices,
    Factor,
    FactorError,
    SwitchedOff,
    UnknownFactor,
    load,
)
from factors.model import SPLIT_STAGES
from factors.rows import FACTOR_COLUMNS
from factors.selection import add, unclear, without

CATALOGUE = load()
OWN = {
    "id": "body-laptop-2026", "item": "laptop", "indicator": "gwp", "stage": "embodied", "zone": "",
    "value": "210", "low": "180", "high": "240", "unit": "kgCO2e/unit", "year": "2026",
    "label_fr": "Portable du marché", "label_en": "Contract laptop", "source": "Fiche du titulaire",
    "reference": "marché 2026-01, annexe 3", "licence": "usage interne", "reuse": "open", "default": "1",
    "note_fr": "", "note_en": "",
}  # fmt: skip


def overlay(folder: Path, *rows: dict[str, str], name: str = "organisme.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, FACTOR_COLUMNS)
        writer.writeheader()
        writer.writerows({**OWN, **row} for row in rows)
    return path


def advised_ids(catalogue: Catalogue, item: str, indicator: str = "gwp") -> list[str]:
    return [factor.id for factor in catalogue.embodied(item, indicator)]


def coherent(catalogue: Catalogue) -> bool:
    """One advised row a key, and no total beside the stages it is made of."""
    advised = [factor for factor in catalogue.factors if factor.default]
    keys = Counter(factor.key for factor in advised)
    totals = {factor.family for factor in advised if factor.stage == "embodied"}
    parts = {factor.family for factor in advised if factor.stage in SPLIT_STAGES}
    return max(keys.values()) == 1 and not totals & parts


# Choices


def test_a_choice_is_advised_and_the_shipped_set_stays_as_it_was() -> None:
    derived = CATALOGUE.with_choices(["electricity-FR-ecologits"])
    assert derived.electricity("FR").id == "electricity-FR-ecologits"
    assert CATALOGUE.electricity("FR").id == "electricity-FR-ademe-2025"
    assert not derived.get("electricity-FR-ademe-2025").default
    assert derived.applied == (("choice", "electricity-FR-ecologits"),)
    assert coherent(derived)


def test_a_total_takes_the_place_of_its_stages() -> None:
    derived = CATALOGUE.with_choices(["monitor-embodied-manufacturers"])
    assert advised_ids(derived, "monitor") == ["monitor-embodied-manufacturers"]
    with pytest.raises(UnknownFactor):
        derived.find("monitor", stage="transport")
    assert coherent(derived)


def test_a_stage_brings_back_the_other_stages_of_its_source() -> None:
    total = CATALOGUE.with_choices(["monitor-embodied-manufacturers"])
    back = total.with_choices(["monitor-manufacture-ademe"])
    assert advised_ids(back, "monitor") == advised_ids(CATALOGUE, "monitor")
    assert coherent(back)


def test_one_stage_of_another_source_leaves_the_other_stages() -> None:
    derived = CATALOGUE.with_choices(["smartphone-manufacture-arcep-2022"])
    assert advised_ids(derived, "smartphone") == [
        "smartphone-manufacture-arcep-2022", "smartphone-transport-ademe", "smartphone-end_of_life-ademe",
    ]  # fmt: skip


def test_an_unknown_id_gives_near_ones() -> None:
    with pytest.raises(UnknownFactor) as caught:
        CATALOGUE.with_choices(["electricity-FR-ecologit"])
    assert "electricity-FR-ecologits" in caught.value.near


@pytest.mark.parametrize(
    "pair",
    [
        ("electricity-FR-ecologits", "electricity-FR-rte-2024"),
        ("monitor-embodied-manufacturers", "monitor-manufacture-ademe"),
    ],
)
def test_choices_that_exclude_one_another_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(ClashingChoices) as caught:
        CATALOGUE.with_choices(pair)
    assert {caught.value.first, caught.value.second} == set(pair)
    assert caught.value.fr != caught.value.en


def test_nothing_chosen_is_the_same_catalogue() -> None:
    assert CATALOGUE.with_choices([]) is CATALOGUE


def test_the_version_follows_from_what_was_applied() -> None:
    one = CATALOGUE.with_choices(["electricity-FR-ecologits", "monitor-embodied-ecodiag"])
    same = CATALOGUE.with_choices(["monitor-embodied-ecodiag", "electricity-FR-ecologits"])
    other = CATALOGUE.with_choices(["electricity-FR-ecologits"])
    base, _, digits = one.version.partition("+")
    assert (base, len(digits), int(digits, 16) >= 0) == ("2026.1", 8, True)
    assert one.version == same.version
    assert len({CATALOGUE.version, one.version, other.version, one.without_unclear().version}) == 4
    assert one.base_version == "2026.1"


# Rows of unclear terms of reuse


def test_without_unclear_advises_no_unclear_row() -> None:
    derived = CATALOGUE.without_unclear()
    assert [f.id for f in derived.factors if f.default and f.reuse == "unclear"] == []
    assert coherent(derived)
    assert derived.open_only
    assert derived.without_unclear() is derived
    # Their rows stay, so that what an assessment used can still be read.
    assert {f.id for f in derived.factors} == {f.id for f in CATALOGUE.factors}


def test_the_total_of_an_open_source_takes_the_place_of_unclear_stages() -> None:
    derived = CATALOGUE.without_unclear()
    assert advised_ids(derived, "laptop") == ["laptop-embodied-manufacturers"]
    assert derived.find("laptop", "energy").id == "laptop-energy-manufacturers"


def test_without_unclear_a_missing_key_stays_missing_never_zero() -> None:
    derived = CATALOGUE.without_unclear()
    for factor in CATALOGUE.factors:
        family = [f for f in CATALOGUE.factors if f.family == factor.family]
        if factor.default and all(f.reuse == "unclear" for f in family):
            with pytest.raises(UnknownFactor):
                derived.find(*factor.key)
    with pytest.raises(UnknownFactor):
        derived.embodied("laptop", "water")
    assert [f.id for f in derived.factors if f.value == 0 and f.default] == []


def test_without_unclear_keeps_what_the_engine_needs() -> None:
    derived = CATALOGUE.without_unclear()
    for key in (("pue", "pue", "", "room"), ("server", "threads_per_core"), ("server", "threads")):
        assert derived.find(*key).reuse == "open"
    for tier in ("meter", "sensor", "model", "declared", "generic"):
        assert derived.find("uncertainty", "uncertainty", "", tier)


def test_an_unclear_row_cannot_be_chosen_once_they_are_off() -> None:
    with pytest.raises(SwitchedOff, match="monitor-embodied-ecodiag"):
        CATALOGUE.without_unclear().with_choices(["monitor-embodied-ecodiag"])
    chosen_before = CATALOGUE.with_choices(["monitor-embodied-ecodiag"]).without_unclear()
    assert advised_ids(chosen_before, "monitor") == ["monitor-embodied-manufacturers"]


def factor(key: tuple[str, str, str, str], number: int, source: str, reuse: str, default: bool) -> Factor:
    item, indicator, stage, zone = key
    return Factor(
        f"r{number}", item, indicator, stage, zone, number + 1.0, None, None, "kgCO2e/unit", "2026",
        "Essai", "Trial", source, "p. 1", "CC0", reuse, default, "", "",
    )  # fmt: skip


def test_a_part_never_stands_for_the_whole() -> None:
    """Manufacture is open, transport is not and nothing replaces it: the embodied impact is missing."""
    rows = [
        factor(("toy", "gwp", "manufacture", ""), 0, "A", "open", True),
        factor(("toy", "gwp", "transport", ""), 1, "A", "unclear", True),
    ]
    catalogue = Catalogue("1", rows, [], [])
    with pytest.raises(UnknownFactor):
        catalogue.without_unclear().embodied("toy")
    rescued = Catalogue(
        "1", [*rows, factor(("toy", "gwp", "manufacture", ""), 2, "B", "open", False)], [], []
    )
    assert advised_ids(rescued.without_unclear(), "toy") == ["r2"]


STAGES = st.sampled_from(("manufacture", "transport", "end_of_life", "embodied", ""))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(("toy", "game")), STAGES, st.sampled_from("ABC"), st.sampled_from(("open", "unclear")),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


Drawn = tuple[str, str, str, str, bool]


def drawn(rows: list[Drawn]) -> Catalogue:
    """A catalogue of drawn rows; a default that would break the rules of loading is drawn down to 0."""
    kept: list[Factor] = []
    for number, (item, stage, source, reuse, default) in enumerate(rows):
        row = factor((item, "gwp", stage, ""), number, source, reuse, default)
        trial = Catalogue("1", [*kept, row], [], [])
        held = default and (len([1 for f in trial.factors if f.default]) == 1 or coherent(trial))
        kept.append(factor((item, "gwp", stage, ""), number, source, reuse, held))
    return Catalogue("1", kept, [], [])


@settings(max_examples=150, deadline=None)
@given(ROWS, st.lists(st.integers(0, 13), max_size=3), st.booleans())
def test_no_derivation_breaks_the_two_rules(rows: list[Drawn], picks: list[int], off: bool) -> None:
    catalogue = drawn(rows)
    for pick in picks:
        catalogue = catalogue.with_choices([f"r{pick % len(rows)}"])
        assert coherent(catalogue)
    if off and any(f.default for f in catalogue.factors):
        derived = catalogue.without_unclear()
        advised = [f for f in derived.factors if f.default]
        assert all(f.reuse == "open" for f in advised)
        assert not advised or coherent(derived)
        # An embodied impact still there was there before: nothing is made of nothing.
        assert {f.family for f in advised} <= {f.family for f in catalogue.factors if f.default}


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS, st.booleans())
def test_rows_added_never_break_the_two_rules(shipped: list[Drawn], own: list[Drawn], off: bool) -> None:
    added = [replace(row, id=f"own-{row.id}") for row in drawn(own).factors]
    factors = add(drawn(shipped).factors, added)
    assert factors[-len(own) :] == tuple(added)
    factors = without(factors, unclear) if off else factors
    catalogue = Catalogue("1", factors, [], [])
    assert not any(f.default for f in factors) or coherent(catalogue)
    assert len(factors) == len(shipped) + len(own)
    if off:
        assert not any(f.default and unclear(f) for f in factors)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([f.id for f in CATALOGUE.factors]), max_size=4, unique=True), st.booleans())
def test_the_shipped_set_stays_coherent_however_it_is_derived(ids: list[str], off: bool) -> None:
    catalogue = CATALOGUE.without_unclear() if off else CATALOGUE
    for one in ids:
        if off and catalogue.get(one).reuse == "unclear":
            continue
        catalogue = catalogue.with_choices([one])
        assert catalogue.get(one).default
    assert coherent(catalogue)


# Overlays


def test_an_overlay_row_is_advised_with_its_own_source(tmp_path: Path) -> None:
    derived = CATALOGUE.with_overlay(overlay(tmp_path, {}))
    (row,) = derived.embodied("laptop")
    assert (row.id, row.value, row.source) == ("body-laptop-2026", 210, "Fiche du titulaire")
    assert derived.factors[-1] is row
    assert derived.applied[0].kind == "overlay"
    assert derived.applied[0].detail.startswith("organisme.csv ")
    assert coherent(derived)


def test_an_overlay_row_without_default_is_an_alternative(tmp_path: Path) -> None:
    derived = CATALOGUE.with_overlay(overlay(tmp_path, {"default": "0"}))
    assert advised_ids(derived, "laptop") == advised_ids(CATALOGUE, "laptop")
    assert "body-laptop-2026" in {f.id for f in derived.alternatives(derived.embodied("laptop")[0])}


def test_the_version_follows_from_the_bytes_of_the_overlay(tmp_path: Path) -> None:
    first = CATALOGUE.with_overlay(overlay(tmp_path, {})).version
    assert CATALOGUE.with_overlay(overlay(tmp_path, {})).version == first
    assert CATALOGUE.with_overlay(overlay(tmp_path, {"value": "211"})).version != first


def test_an_unclear_row_of_an_overlay_stays_off(tmp_path: Path) -> None:
    path = overlay(tmp_path, {"reuse": "unclear"})
    derived = CATALOGUE.without_unclear().with_overlay(path)
    assert advised_ids(derived, "laptop") == ["laptop-embodied-manufacturers"]
    assert coherent(derived)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("id", "electricity-FR-ademe-2025", "un identifiant absent du jeu de facteurs"),
        ("item", "laptopp", "un code connu, par exemple « laptop »"),
        ("item", "Ordinateur portable", "le code « laptop »"),
        ("value", "0,05", "un nombre, point décimal (0.05)"),
        ("source", "", "une valeur non vide"),
        ("default", "", "l'un de 0, 1"),
    ],
)
def test_a_fault_of_an_overlay_is_located(tmp_path: Path, column: str, value: str, expected: str) -> None:
    path = overlay(tmp_path, {"id": "body-other", "item": "desktop"}, {column: value})
    with pytest.raises(BadTables) as caught:
        CATALOGUE.with_overlay(path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.column, fault.value) == ("organisme.csv", 3, column, value)
    assert expected in fault.expected.fr


def test_a_zone_of_electricity_must_be_known(tmp_path: Path) -> None:
    row = {"item": "electricity", "stage": "", "unit": "kgCO2e/kWh", "value": "0.03", "low": "", "high": ""}
    with pytest.raises(BadTables) as caught:
        CATALOGUE.with_overlay(overlay(tmp_path, {**row, "zone": "France"}))
    assert caught.value.faults[0].expected.en == "the code “FR”"
    assert CATALOGUE.with_overlay(overlay(tmp_path, {**row, "zone": "FR"})).electricity("FR").value == 0.03


def test_two_advised_rows_of_an_overlay_clash_where_they_are(tmp_path: Path) -> None:
    with pytest.raises(BadTables) as caught:
        CATALOGUE.with_overlay(overlay(tmp_path, {}, {"id": "body-part", "stage": "manufacture"}))
    assert [(f.line, f.column) for f in caught.value.faults] == [(3, "default")]


def test_an_overlay_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FactorError, match=r"absent\.csv ne se lit pas"):
        CATALOGUE.with_overlay(tmp_path / "absent.csv")


def test_the_documented_overlay_loads(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "factors.md").read_text(encoding="utf-8")
    path = tmp_path / "organisme.csv"
    path.write_text(page.split("```csv\n")[1].split("```")[0], encoding="utf-8")
    assert advised_ids(CATALOGUE.with_overlay(path), "laptop") == ["caisse-portable-2026"]
