"""Numbers as people read them, in both languages."""

from __future__ import annotations

import pytest

from footprint import formats as f
from footprint.sheets import Amount
from footprint.texts import language_of_environment, say

N = f.NARROW


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1234.0, f"1{N}200"), (0.01234, "0,012"), (99.5, "100"), (9.96, "10"), (-3.14, "-3,1"),
     (None, "inconnu"), (float("nan"), "inconnu")],
)  # fmt: skip
def test_two_significant_figures_in_french(value: float | None, text: str) -> None:
    assert f.number(value) == text


def test_exact_numbers_have_no_trailing_zeros() -> None:
    assert [f.exact(x) for x in (5.0, 0.25, 1234.5, 1e6, None)] == [
        "5",
        "0,25",
        f"1{N}234,5",
        f"1{N}000{N}000",
        "inconnu",
    ]


def test_masses_change_unit_where_the_rounded_value_does() -> None:
    assert f.kg(999.0) == f"1,0{N}tCO2e"
    assert f.kg(0.0004) == f"400{N}mgCO2e"
    assert f.kg(12_345.0) == f"12{N}tCO2e"
    assert f.kg(None) == "inconnu"


def test_an_interval_keeps_the_unit_of_its_centre() -> None:
    assert f.interval(Amount(1200.0, 800.0, 1900.0, 1700.0)) == "0,80 à 1,9"


def test_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    assert f.number(1234.0, 4) == "1,234"
    assert f.energy(0.0005) == f"500{N}mWh"
    assert f.percent(0.42) == "42%"
    assert say("non", "no") == "no"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (4.2, f"4,2{N}s"),
        (59.4, f"59{N}s"),
        (200.0, f"3{N}min 20{N}s"),
        (18720.0, f"5{N}h 12{N}min"),
        (273600.0, f"3{N}j 4{N}h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert f.duration(seconds) == text


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C"}, "fr"),
        ({"LC_ALL": "fr_FR", "LANG": "en"}, "fr"),
        ({}, "fr"),
    ],
)
def test_language_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, names: dict[str, str], expected: str
) -> None:
    monkeypatch.delenv("FOOTPRINT_LANG")
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    assert language_of_environment() == expected
