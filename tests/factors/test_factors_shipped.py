"""The shipped tables: every row sourced, golden values, one default a key."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors import Catalogue, UnknownFactor, load
from factors.model import POSTS, UNITS

CATALOGUE = load()


def test_loading_is_done_once() -> None:
    assert load() is load()
    assert load().version == "2026.1"


@pytest.mark.parametrize("name", ["source", "reference", "year", "unit", "licence", "label_fr", "label_en"])
def test_every_row_says_where_it_comes_from(name: str) -> None:
    assert [factor.id for factor in CATALOGUE.factors if not getattr(factor, name)] == []


def test_units_are_normalised() -> None:
    wrong = [f.id for f in CATALOGUE.factors if f.unit not in UNITS[f.indicator]]
    per_kwh = {f.unit for f in CATALOGUE.factors if f.item == "electricity"}
    assert wrong == []
    assert per_kwh == {"kgCO2e/kWh", "kgSbeq/kWh", "MJ/kWh", "L/kWh"}


def test_one_default_a_key_and_unique_ids() -> None:
    defaults = Counter(factor.key for factor in CATALOGUE.factors if factor.default)
    ids = Counter(factor.id for factor in CATALOGUE.factors)
    assert max(defaults.values()) == 1
    assert max(ids.values()) == 1


def test_every_note_is_in_both_languages() -> None:
    assert [f.id for f in CATALOGUE.factors if bool(f.note_fr) != bool(f.note_en)] == []


def test_rows_of_unsettled_terms_are_marked() -> None:
    negaoctet = [f for f in CATALOGUE.factors if "negaoctet" in f.licence.lower()]
    assert len(negaoctet) > 50
    assert {f.reuse for f in negaoctet} == {"unclear"}
    assert CATALOGUE.get("electricity-FR-ademe-2025").reuse == "open"


def test_suspect_printer_rows_are_left_out() -> None:
    assert [f for f in CATALOGUE.factors if f.item.startswith("printer") and f.value in (10.5, 21.0)] == []


# item, indicator, stage, zone -> value, low, high
GOLDEN = [
    ("electricity", "gwp", "", "FR", 0.0461, 0.03227, 0.05993),
    ("electricity", "gwp", "", "RE", 0.39414, 0.354726, 0.572816),
    ("electricity", "gwp", "", "YT", 0.765, 0.395, 0.765),
    ("electricity", "gwp", "", "FR-20R", 0.583, 0.301, 0.583),
    ("electricity", "gwp", "", "DE", 0.32965, 0.296685, 0.38095),
    ("electricity", "adpe", "", "FR", 4.85798e-08, None, None),
    ("electricity", "pe", "", "FR", 11.289, None, None),
    ("server", "gwp", "embodied", "", 900, 460, 2090),
    ("server", "energy", "", "", 3217.122, 1528.6, 3506.4),
    ("server", "lifetime", "", "", 5, 4, 7),
    ("blade-server", "gwp", "embodied", "", 835.9, 395.8, 2022.9),
    ("ai-server", "gwp", "embodied", "", 7884, 7012, 10300.8),
    ("switch", "gwp", "embodied", "", 367, None, None),
    ("smartphone", "lifetime", "", "", 2.5, None, None),
    ("desktop", "energy", "", "", 153.3, 56.5, 189),
    ("ip-phone", "energy", "", "", 40, None, None),
    ("printer-multifunction", "gwp", "embodied", "", 660, None, None),
    ("pue", "pue", "", "room", 1.58, None, None),
    ("pue", "pue", "", "colocation-FR", 1.46, None, None),
    ("vcpu", "power", "idle", "", 0.68, None, None),
    ("vcpu", "power", "full", "", 4.11, None, None),
    ("uncertainty", "uncertainty", "", "meter", 1, 0.98, 1.02),
    ("uncertainty", "uncertainty", "", "generic", 1, 0.5, 1.5),
]


@pytest.mark.parametrize(("item", "indicator", "stage", "zone", "value", "low", "high"), GOLDEN)
def test_golden_values(
    item: str, indicator: str, stage: str, zone: str, value: float, low: float | None, high: float | None
) -> None:
    factor = CATALOGUE.find(item, indicator, stage, zone)
    assert (factor.value, factor.low, factor.high) == (value, low, high)


EMBODIED = {"laptop": 185.09, "desktop": 211.46, "monitor": 69.84, "smartphone": 79.516, "server": 900.0}


@pytest.mark.parametrize(("item", "total"), EMBODIED.items())
def test_embodied_totals(item: str, total: float) -> None:
    assert sum(factor.value for factor in CATALOGUE.embodied(item)) == pytest.approx(total, rel=1e-12)


def test_embodied_is_split_or_whole_never_both() -> None:
    for item in CATALOGUE.items:
        for indicator in ("gwp", "adpe", "pe", "water"):
            try:
                stages = {factor.stage for factor in CATALOGUE.embodied(item.code, indicator)}
            except UnknownFactor:
                continue
            assert stages == {"embodied"} or "embodied" not in stages


def test_the_monitor_bounds_show_the_disagreement() -> None:
    rows = CATALOGUE.embodied("monitor")
    high = sum(factor.high or factor.value for factor in rows)
    assert high == pytest.approx(353)


def test_every_item_has_a_sourced_embodied_value_and_a_known_post() -> None:
    for item in CATALOGUE.items:
        assert sum(factor.value for factor in CATALOGUE.embodied(item.code)) > 0
        assert item.post in POSTS


EU_27 = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE",
    "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
]  # fmt: skip
ELSEWHERE = ["GB", "CH", "US", "CA", "WORLD", "GP", "MQ", "GF", "RE", "YT", "FR-20R"]


@pytest.mark.parametrize("zone", [*EU_27, *ELSEWHERE])
def test_electricity_is_there_for_every_zone_promised(zone: str) -> None:
    assert 0.01 < CATALOGUE.electricity(zone).value < 1


def test_primary_energy_is_never_below_the_delivered_kwh() -> None:
    rows = [f for f in CATALOGUE.factors if f.item == "electricity" and f.indicator == "pe"]
    assert len(rows) > 20
    assert min(f.value for f in rows) > 3.6


def test_zones_of_electricity_are_known() -> None:
    codes = {zone.code for zone in CATALOGUE.zones}
    assert {f.zone for f in CATALOGUE.factors if f.item == "electricity"} <= codes


def test_items_of_equipment_are_known() -> None:
    parameters = {
        "electricity", "generation", "pue", "wue", "vcpu", "memory", "uncertainty", "professional-share",
        "network-fixed", "network-mobile", "paper", "paper-pulp", "refrigerant",
    }  # fmt: skip
    others = {f.item for f in CATALOGUE.factors} - {item.code for item in CATALOGUE.items}
    assert {name for name in others if not name.startswith("component-")} == parameters


def test_derived_rows_say_so_and_show_how() -> None:
    note = CATALOGUE.find("server", "energy").note_fr
    assert re.search(r"DÉRIVÉ : 367 W × 8766 h / 1000", note)


@given(st.sampled_from([factor for factor in CATALOGUE.factors if factor.default]))
def test_find_then_get_round_trips(factor: object) -> None:
    catalogue: Catalogue = CATALOGUE
    found = catalogue.find(*factor.key)  # type: ignore[attr-defined]
    assert found is factor
    assert catalogue.get(found.id) is found
    assert all(not other.default for other in catalogue.alternatives(found))


def test_the_documented_values_are_the_shipped_ones() -> None:
    page = Path(__file__).parents[2] / "docs" / "factors.md"
    row = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([\d,e-]+) \|", re.MULTILINE)
    rows = row.findall(page.read_text(encoding="utf-8"))
    assert len(rows) > 150
    for factor_id, label, value in rows:
        factor = CATALOGUE.get(factor_id)
        assert factor.default
        assert (factor.label_fr, factor.value) == (label, float(value.replace(",", ".")))


def test_the_documented_counts_are_the_shipped_ones() -> None:
    page = (Path(__file__).parents[2] / "docs" / "factors.md").read_text(encoding="utf-8")
    advised = sum(factor.default for factor in CATALOGUE.factors)
    unclear = sum(factor.reuse == "unclear" for factor in CATALOGUE.factors)
    assert f"{len(CATALOGUE.factors)} lignes, dont {advised} retenues par défaut" in page
    assert f"- {unclear} lignes portent `reuse = unclear`" in page


def test_every_choice_is_documented_with_its_reason() -> None:
    page = (Path(__file__).parents[2] / "docs" / "factors.md").read_text(encoding="utf-8")
    for choice in CATALOGUE.choices:
        key = " / ".join(part for part in choice.key if part)
        (row,) = re.findall(rf"^\| `{re.escape(key)}` \| ([\d,e-]+) \| (.+?) \| (.+)$", page, re.MULTILINE)
        rows = [f for f in CATALOGUE.factors if f.default and f.family == choice.key]
        assert float(row[0].replace(",", ".")) == pytest.approx(sum(f.value for f in rows), rel=1e-5)
        assert row[2].endswith(f"| {choice.why_fr} |")
