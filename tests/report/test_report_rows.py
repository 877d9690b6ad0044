"""The rows of the report: they sum to the total, and say what they stand for, in both languages."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from footprint.assessments import assess_campaign
from footprint.report.application_rows import TOTAL, applications_sheet, place
from footprint.report.beges import beges, ghg_protocol
from footprint.report.errors import ReportError
from footprint.report.factor_rows import factors_sheet, uses
from footprint.report.hypothesis_rows import hypotheses_sheet
from footprint.report.line_rows import AMOUNT, bounds, lines_sheet
from footprint.report.material import Material, gather
from footprint.report.quality_rows import quality_sheet
from footprint.report.summary_rows import summary_sheet
from footprint.report.tables import Block, Column, Formula, Sheet, header_rows, letters, named_ranges
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.referential import current_campaign
from footprint.wording import machine


@pytest.fixture
def material(sample_store: Store) -> Material:
    return gather(sample_store)


def block(sheet: Sheet, title: str) -> Block:
    return next(block for block in sheet.blocks if block.title.startswith(title))


def cell(found: Block, label: str, column: int = 1) -> Any:
    return next(row for row in found.rows if row[0] == label)[column]


def test_lines_sum_to_the_total(material: Material) -> None:
    rows = lines_sheet(material).blocks[0].rows
    total = math.fsum(row[AMOUNT] for row in rows)  # type: ignore[misc]
    assert total == pytest.approx(material.total.value, rel=1e-9)
    assert {row[0] for row in rows} == {"application", "non affecté", "poste"}


def test_kinds_and_parts_sum_to_the_total(material: Material) -> None:
    sheet = summary_sheet(material)
    rows = block(sheet, "Résultat").rows
    assert sum(row[1] for row in rows[1:4]) == pytest.approx(rows[0][1], rel=1e-9)  # type: ignore[misc, arg-type]
    for title in ("Par nature", "Par étape", "Par niveau", "Par poste du BEGES"):
        assert sum(row[1] for row in block(sheet, title).rows) == pytest.approx(
            material.total.value, rel=1e-9
        )  # type: ignore[misc, arg-type]


def test_applications_sum_to_their_total(material: Material) -> None:
    rows = applications_sheet(material).blocks[0].rows
    known = [row[TOTAL] for row in rows if row[TOTAL] is not None]
    assert math.fsum(known) == pytest.approx(material.summary.applications_total.value, rel=1e-9)  # type: ignore[arg-type, union-attr]
    assert len(rows) == len(material.applications)
    assert len(known) < len(rows)  # some are not assessed: unknown, not zero


def test_a_line_has_the_interval_the_engine_gives_it(material: Material) -> None:
    """A total made of one line has the interval of that line."""
    counts = Counter((row["subject_kind"], row["post"]) for row in material.lines)
    subjects = Counter(row["subject"] for row in material.lines)
    single = [row for row in material.lines if subjects[row["subject"]] == 1]
    assert single, counts
    for row in single:
        view = "application" if row["subject_kind"] == "application" else "reason"
        key = (row["subject"], "") if view == "application" else (row["subject_kind"], row["subject"])
        total = material.book.amount(view, *key)
        assert total is not None
        sigmas = (row["factor_sigma"], row["activity_sigma"], row["pue_sigma"])
        assert bounds(row["amount"], sigmas) == pytest.approx((total.low, total.high))


def test_bounds_without_spread_are_the_amount() -> None:
    assert bounds(3.0, (0.0, 0.0, 0.0)) == (3.0, 3.0)
    low, high = bounds(1.0, (0.2, 0.0, 0.0))
    assert math.log(high / low) == pytest.approx(2 * 1.6448536269514722 * 0.2)


def test_every_factor_used_is_listed_with_its_source(material: Material) -> None:
    rows = factors_sheet(material).blocks[0].rows
    named = {row["factor_id"] for row in material.lines if ":" not in row["factor_id"]}  # others are declared
    assert named <= {row[0] for row in rows}
    assert all(row[7] and row[8] and row[9] for row in rows)
    assert {row[10] for row in rows} <= {"libre", "à éclaircir"}
    counts = uses(material)
    assert {row[0]: row[11] for row in rows} == dict(counts)
    assert not any(":" in name for name in counts)


def test_a_factor_of_another_set_keeps_its_name(material: Material) -> None:
    line = {**material.lines[0], "factor_id": "factor-of-before"}
    older = Material(**{**vars(material), "lines": (line,)})
    row = next(row for row in factors_sheet(older).blocks[0].rows if row[0] == "factor-of-before")
    assert row[1] == "absent du jeu de facteurs livré"
    assert row[2] is None


def test_gaps_are_listed_with_their_missing_key(material: Material) -> None:
    rows = block(quality_sheet(material), "Manques").rows
    assert {(row[0], row[2]) for row in rows} == {
        (machine(gap.asset), gap.missing) for gap in material.summary.gaps
    }
    assert rows


def test_tiers_of_the_quality_sheet_sum_to_one(material: Material) -> None:
    rows = block(quality_sheet(material), "Total par niveau").rows
    assert sum(row[4] for row in rows) == pytest.approx(1.0)  # type: ignore[misc, arg-type]
    assert sum(row[5] for row in rows) == pytest.approx(1.0)  # type: ignore[misc, arg-type]


def test_assumptions_count_this_data(material: Material) -> None:
    rows = block(hypotheses_sheet(material), "Hypothèses prises")
    undated = sum(asset.purchased is None for asset in material.in_service)
    assert undated > 0
    assert cell(rows, "Lignes d’équipement sans date d’achat") == str(undated)
    assert cell(rows, "Lignes d’équipement sans pays") != "0"
    left_out = block(hypotheses_sheet(material), "Exclusions")
    assert cell(left_out, "Compensation et émissions évitées") == "exclu"


def test_the_imported_files_are_named(material: Material) -> None:
    rows = block(quality_sheet(material), "Dernier import")
    assert "pos_et_terminaux.xlsx" in cell(rows, "Fichiers")


def test_measured_models_are_shown(material: Material) -> None:
    found = block(summary_sheet(material), "Modèles d’IA")
    assert cell(found, "tri-courrier:1.0") == pytest.approx(0.020)
    assert cell(found, "tri-courrier:1.0", 6) in "ABCDEFG"


def test_an_application_gone_from_the_map_still_counts(sample_store: Store) -> None:
    with sample_store.session() as session:
        session.delete(session.exec(select(t.Application).where(t.Application.code == "TRI-COURRIER")).one())
    sheet = applications_sheet(gather(sample_store))
    assert cell(sheet.blocks[0], "TRI-COURRIER", TOTAL) > 0
    assert sheet.checks[1][1].value == pytest.approx(0.0, abs=1e-6)


def test_a_sheet_holds_so_many_lines(sample_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footprint.report.material.MOST_LINES", 10)
    with pytest.raises(ReportError, match="Parquet"):
        gather(sample_store)


def test_sheets_speak_english(sample_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    sheet = summary_sheet(gather(sample_store))
    assert (sheet.name, sheet.title) == ("Summary", "Light carbon balance of the information system")
    assert cell(block(sheet, "By life-cycle stage"), "use") > 0


def test_beges_posts() -> None:
    assert beges("use") == "2.1 électricité"
    assert beges("embodied") == beges("manufacture") == "4.2 immobilisations de biens"
    assert beges("end_of_life") == "4.3 gestion des déchets"
    assert ghg_protocol("transport") == "scope 3, cat. 4"
    assert beges("use", "services") == beges("service", "services") == "4.5 utilisation de services"
    assert ghg_protocol("use", "services") == "scope 3, cat. 1"
    assert beges("new") == ghg_protocol("new") == "à classer"


def test_place_on_the_map_survives_a_cycle() -> None:
    nodes = {
        "a": t.Node(campaign_id=1, code="a", parent="b", level="zone", label="A", position=0),
        "b": t.Node(campaign_id=1, code="b", parent="a", level="zone", label="B", position=0),
    }
    assert place(nodes, "a") == "B › A"
    assert place(nodes, "nowhere") == "inconnu"


def test_blocks_stand_one_under_the_other() -> None:
    first = Block("One", (Column("a"), Column("b")), (("x", 1.0), ("y", 2.0)), (("fp_b", 1),))
    sheet = Sheet("L'un", "T", ("intro",), (first, Block("Two", (Column("a"),), ())), (10.0, 10.0))
    assert header_rows(sheet) == (4, 9)
    assert named_ranges(sheet) == (("fp_b", "='L''un'!$B$6:$B$7"),)
    checked = Sheet(
        "S", "T", ("intro",), (Block("", (Column("a"),), ()),), (10.0,), (("c", Formula("=1", 1.0)),)
    )
    assert header_rows(checked) == (4,)


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters(column: int, name: str) -> None:
    assert letters(column) == name


def test_settings_hours_and_own_factors_are_said(material: Material) -> None:
    changed = replace(
        material,
        summary=replace(
            material.summary, mode="purchase_year", spread=("idle",), profiles=("FR",),
            factor_changes=(("overlay", "nous.csv 0123"), ("without_unclear", "")),
        ),
    )  # fmt: skip
    plain, other = (block(hypotheses_sheet(m), "Méthode et réglages") for m in (material, changed))
    assert cell(plain, "Imputation de la fabrication") == "étalée sur la durée de vie"
    assert cell(plain, "Réparti sur les applications") == "rien"
    assert cell(plain, "Profils horaires de l’électricité") == "aucun"
    assert cell(other, "Réparti sur les applications") == "capacité libre"
    assert cell(other, "Profils horaires de l’électricité") == "FR"
    changes = [row[1:] for row in other.rows if row[0] == "Changement de facteurs"]
    assert changes == [
        ("nous.csv 0123", "facteurs de l’organisme"),
        ("oui", "sans les conditions à éclaircir"),
    ]
    assert len(other.rows) == len(plain.rows) + 2


def test_meters_stand_against_what_was_computed(material: Material) -> None:
    rows = block(quality_sheet(material), "Compteurs contre calcul").rows
    assert [row[0] for row in rows] == ["DC-NORD", "DC-NORD"]
    for row in rows:
        assert row[5] == pytest.approx(row[4] / row[3] - 1.0)  # type: ignore[operator]
    none = replace(material, summary=replace(material.summary, meters=()))
    assert block(quality_sheet(none), "Compteurs contre calcul").rows[0][0] == "aucun relevé"


def test_the_market_based_figure_stands_beside_and_is_in_no_total(
    material: Material, sample_store: Store
) -> None:
    assert block(summary_sheet(material), "Électricité sous contrat").rows[0][0] == "aucun contrat déclaré"
    with sample_store.session() as session:
        centre = session.exec(select(t.DataCentre).where(t.DataCentre.code == "DC-NORD")).one()
        centre.contract_kgco2e_kwh = 0.01
        session.add(centre)
        session.commit()
    assess_campaign(sample_store, current_campaign(sample_store))
    after = gather(sample_store)
    assert after.total.value == pytest.approx(material.total.value, rel=1e-12)
    (row,) = block(summary_sheet(after), "Électricité sous contrat").rows
    assert row[0] == "DC-NORD"
    assert after.summary.market is not None
    assert row[2] == pytest.approx(after.summary.market.value)
    assert row[1] == pytest.approx(after.summary.market_covers)
    assert row[1] > row[2] * 4  # type: ignore[operator]  # 0.0461 against 0.01 kgCO2e/kWh


def test_services_bought_are_of_post_4_5(material: Material) -> None:
    rows = [row for row in lines_sheet(material).blocks[0].rows if row[17] == "4.5 utilisation de services"]
    assert rows
    assert {row[6] for row in rows} == {"service acheté"}
