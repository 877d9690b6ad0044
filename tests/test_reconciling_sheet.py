"""The workbook of names to match: written, filled, read back into rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from footprint import texts
from footprint.reconciling_sheet import Decision, read_reconciling, write_reconciling
from pos_map import Rule, Unmatched
from pos_map.matching import Proposal

HOSTILE = "=HYPERLINK(A1)"
NAMES = [
    Unmatched("host", "esx42", 3, (Proposal("H1", 0.9), Proposal("H2", 0.7))),
    Unmatched("host", HOSTILE, 1),
    Unmatched("machine_application", "vm-9", 1, (Proposal("APP", 0.8),)),
]
KNOWN = {"host": ["H1", "H2"], "machine_application": ["APP"]}


def fill(path: Path, **decisions: tuple[Any, ...]) -> None:
    """Write (decision, target, reason) beside names."""
    book = load_workbook(path)
    page = book.worksheets[0]
    for row in page.iter_rows(min_row=2):
        for cell, value in zip(row[5:8], decisions.get(str(row[1].value), ()), strict=False):
            cell.value = value
    book.save(path)


def test_decisions_come_back_as_rules_with_their_reason(tmp_path: Path) -> None:
    path = write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN)
    fill(path, **{"esx42": ("accepter", "", "vu"), HOSTILE: ("Accepter", "H2"), "vm-9": ("refuser",)})
    decisions, faults = read_reconciling(path, KNOWN)
    assert faults == []
    assert decisions == [
        Decision(Rule("host", "esx42", "H1"), "vu"),
        Decision(Rule("host", HOSTILE, "H2"), ""),
        Decision(Rule("machine_application", "vm-9", ""), ""),
    ]


def test_nothing_decided_says_nothing(tmp_path: Path) -> None:
    assert read_reconciling(write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN), KNOWN) == ([], [])


def test_hostile_names_are_texts_and_lists_help(tmp_path: Path) -> None:
    page = load_workbook(write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN)).worksheets[0]
    cells = {row[1].value: row[1] for row in page.iter_rows(min_row=2)}
    assert cells[HOSTILE].data_type == "s"
    assert cells[HOSTILE].quotePrefix
    lists = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert lists["F2:F4"] == '"accepter,refuser"'
    assert lists["G2:G3"] == "'Noms connus'!$A$2:$A$3"


def test_what_is_wrong_is_located(tmp_path: Path) -> None:
    path = write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN)
    fill(path, **{"esx42": ("accepter", "H12"), HOSTILE: ("accepter",), "vm-9": ("peut-être",)})
    decisions, faults = read_reconciling(path, KNOWN)
    assert decisions == []
    assert [(fault.line, fault.column, fault.code) for fault in faults] == [
        (2, "cible", "unknown-target"),
        (3, "cible", "missing-value"),
        (4, "décision", "unknown-word"),
    ]
    assert "Vouliez-vous « H2 » ou « H1 » ?" in faults[0].fr


def test_a_file_that_is_not_ours_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "noms.xlsx"
    file.write_bytes(b"PK\x03\x04 not a workbook")
    assert [fault.severity for fault in read_reconciling(file)[1]] == ["error"]
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["a", "b"])  # type: ignore[union-attr]
    book.save(file)
    assert [fault.code for fault in read_reconciling(file)[1]] == ["unknown-format"]


def test_a_workbook_written_in_one_language_is_read_in_the_other(tmp_path: Path) -> None:
    texts.set_language("en")
    path = write_reconciling(tmp_path / "names.xlsx", NAMES, KNOWN)
    fill(path, esx42=("accept",))
    texts.set_language("fr")
    assert read_reconciling(path, KNOWN)[0] == [Decision(Rule("host", "esx42", "H1"), "")]


@pytest.mark.parametrize("target", ["h2", "H 2", "h-02"])
def test_a_target_spelled_like_one_name_is_that_name(tmp_path: Path, target: str) -> None:
    path = write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN)
    fill(path, esx42=("accepter", target))
    assert [decision.rule.target for decision in read_reconciling(path, KNOWN)[0]] == ["H2"]


def test_a_target_spelled_like_two_names_is_none(tmp_path: Path) -> None:
    path = write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN)
    fill(path, esx42=("accepter", "h 1"))
    assert [fault.code for fault in read_reconciling(path, {"host": ["H1", "H-1"]})[1]] == ["unknown-target"]


@pytest.mark.parametrize("word", ["non", "N", "no", "Refusé", "refusée", "refused", "FAUX", False])
def test_refusals_are_read_as_people_write_them(tmp_path: Path, word: object) -> None:
    path = write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN)
    fill(path, esx42=(word,))
    assert read_reconciling(path, KNOWN) == ([Decision(Rule("host", "esx42", ""), "")], [])


@pytest.mark.parametrize(
    "word",
    [
        "accepter",
        "ACCEPTER ",
        "accept",
        "oui",
        "O",
        "accepté",
        "Acceptée",
        "x",
        "X",
        "yes",
        "ok",
        "VRAI",
        True,
    ],
)
def test_decisions_are_read_as_people_write_them(tmp_path: Path, word: object) -> None:
    path = write_reconciling(tmp_path / "noms.xlsx", NAMES, KNOWN)
    fill(path, esx42=(word,))
    assert [decision.rule.target for decision in read_reconciling(path, KNOWN)[0]] == ["H1"]
