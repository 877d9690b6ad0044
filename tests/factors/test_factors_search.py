"""Rows found by words, and keys as people write them."""

from __future__ import annotations

import pytest

from factors import Factor, UnknownFactor, load
from factors.searching import rows_of, search

CATALOGUE = load()


def ids(rows: tuple[Factor, ...]) -> list[str]:
    return [row.id for row in rows]


def test_accents_case_and_plural_do_not_count() -> None:
    assert ids(search(CATALOGUE, "ÉCRANS")) == ids(search(CATALOGUE, "ecran"))
    assert "electricity-RE-arrete-2012" in ids(search(CATALOGUE, "electricite reunion"))


def test_every_word_must_be_there_and_names_of_items_count() -> None:
    rows = search(CATALOGUE, "pc portable énergie")
    assert {row.item for row in rows} == {"laptop"}
    assert {row.indicator for row in rows} == {"energy", "adpf", "pe"} & {row.indicator for row in rows}
    assert "laptop-energy-ecodiag" in ids(rows)


def test_advised_rows_come_first() -> None:
    marks = [row.default for row in search(CATALOGUE, "monitor")]
    assert marks == sorted(marks, reverse=True)
    assert True in marks
    assert False in marks


def test_nothing_found_gives_near_names() -> None:
    with pytest.raises(UnknownFactor) as caught:
        search(CATALOGUE, "ecrann")
    assert "Écran" in caught.value.near
    with pytest.raises(UnknownFactor):
        search(CATALOGUE, "  ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("electricity-FR-rte-2024", ["electricity-FR-rte-2024"]),
        ("électricité / gwp / La Réunion", ["electricity-RE-ecologits"]),
        ("electricity/pe/FR", ["electricity-FR-pe-boavizta"]),
        ("PC portable / energy", ["laptop-energy-ecodiag"]),
        ("monitor", ["monitor-manufacture-ademe", "monitor-transport-ademe", "monitor-end_of_life-ademe"]),
        ("monitor / gwp / embodied", ["monitor-manufacture-ademe", "monitor-transport-ademe",
                                      "monitor-end_of_life-ademe"]),
        ("monitor / gwp / transport", ["monitor-transport-ademe"]),
        ("Serveur", ["server-embodied-boavizta"]),
        ("pue / room", ["pue-room-uptime-2023"]),
        ("vcpu / power / idle", ["vcpu-idle-ccf"]),
    ],
)  # fmt: skip
def test_an_id_or_a_key_gives_its_advised_rows(text: str, expected: list[str]) -> None:
    assert ids(rows_of(CATALOGUE, text)) == expected


def test_an_unknown_key_gives_near_ids_and_keys() -> None:
    with pytest.raises(UnknownFactor) as caught:
        rows_of(CATALOGUE, "electricity-FR-adem")
    assert "electricity-FR-ademe-2025" in caught.value.near
    with pytest.raises(UnknownFactor) as caught:
        rows_of(CATALOGUE, "monitor / gwp / full")
    assert any(name.startswith("monitor / ") for name in caught.value.near)
