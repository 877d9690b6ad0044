"""factors search, show, diff, list, overlay, choose, without-unclear: what people read and what programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import factors
from footprint.cli.main import app
from footprint.errors import FootprintError
from footprint.home import home
from footprint.store.database import Store

ROW = (
    "corp-fr-2026,electricity,gwp,,FR,0.02,0.01,0.03,kgCO2e/kWh,2026,Contrat,Contract,Fournisseur,annexe 1,"
    "usage interne,open,1,,"
)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["factors", *words], catch_exceptions=False)


def read(*words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


def own(folder: Path, row: str = ROW) -> Path:
    path = folder / "organisme.csv"
    header = (Path(factors.__file__).parent / "tables" / "uncertainty.csv").read_text(encoding="utf-8")
    path.write_text(f"{header.splitlines()[0]}\n{row}\n", encoding="utf-8")
    return path


def test_search_shows_value_bounds_source_and_the_advised_row() -> None:
    text = run("search", "electricite", "france", "moyen").output
    assert "electricity-FR-ademe-2025" in text
    assert "0,0461 [0,0323 – 0,0599]" in text
    assert "★" in text
    assert "libre" in text
    assert "Valeur (bornes)" in text


def test_a_file_name_is_shown_as_it_is(tmp_path: Path) -> None:
    path = own(tmp_path)
    run("overlay", str(path.rename(tmp_path / "a[b]c.csv")))
    assert "lignes de l’organisme a[b]c.csv" in run("list").output


def test_search_json_has_every_column() -> None:
    rows = read("search", "ecran", "ecodiag")
    row = next(one for one in rows if one["id"] == "monitor-embodied-ecodiag")
    assert (row["value"], row["unit"], row["advised"], row["reuse"]) == (430, "kgCO2e/unit", False, "unclear")
    assert {"label_fr", "source", "year", "reference", "licence"} <= set(row)


def test_search_near_misses() -> None:
    with pytest.raises(factors.UnknownFactor, match="Écran"):
        run("search", "ecrann")


def test_show_a_key_gives_everything_the_alternatives_and_why() -> None:
    text = " ".join(run("show", "écran").output.split())
    assert "monitor-transport-ademe" in text
    assert "monitor-embodied-manufacturers" in text
    assert 'Pourquoi ce choix : Écran de 24"' in text
    assert "Valeurs vues : 64,7 à 430 kgCO2e/unit." in text


def test_show_json() -> None:
    found = read("show", "electricity-FR-rte-2024")
    assert [row["id"] for row in found["rows"]] == ["electricity-FR-rte-2024"]
    advised = [row["id"] for row in found["alternatives"] if row["advised"]]
    assert advised == ["electricity-FR-ademe-2025"]
    assert found["choice"]["low"] == 0.0217


def test_choose_puts_a_row_in_force_and_says_what_changes() -> None:
    text = run("choose", "electricity-FR-ecologits").output
    assert "electricity-FR-ademe-2025" in text
    assert "−10" in text
    assert "Ensuite : footprint assess" in text
    (change,) = read("diff")["changes"]
    assert change["relative"] == pytest.approx(0.04144 / 0.0461 - 1)
    listed = read("list")
    assert listed["applied"] == [{"kind": "choice", "detail": "electricity-FR-ecologits"}]
    assert "un autre est en vigueur ici" in " ".join(run("show", "electricity / FR").output.split())


def test_choose_reset_goes_back() -> None:
    run("choose", "electricity-FR-ecologits")
    assert read("choose", "--reset", "électricité / France")["after"] == "2026.1"
    with pytest.raises(FootprintError, match="aucun"):
        run("choose", "--reset", "electricity-FR-ecologits")


def test_without_unclear_on_and_off() -> None:
    on = read("without-unclear", "on")
    gone = [change for change in on["changes"] if not change["after"]]
    assert {"item": "laptop", "indicator": "water", "stage": "embodied", "zone": ""} in [
        c["key"] for c in gone
    ]
    assert all(change["relative"] is None for change in gone)
    assert read("without-unclear", "off")["after"] == "2026.1"


def test_an_overlay_is_shown_then_added_then_removed(tmp_path: Path) -> None:
    path = own(tmp_path)
    before = read("diff", "--overlay", str(path))
    assert [change["kind"] for change in before["changes"]] == ["added", "advised"]
    assert not (home() / "facteurs").exists()
    assert read("overlay", str(path)) == before
    assert (home() / "facteurs" / "organisme.csv").read_bytes() == path.read_bytes()
    assert read("show", "electricity / FR")["rows"][0]["id"] == "corp-fr-2026"
    assert read("overlay", "--remove", "organisme.csv")["after"] == "2026.1"
    assert list((home() / "facteurs").iterdir()) == []


def test_a_refused_overlay_is_located_and_not_copied(tmp_path: Path) -> None:
    path = own(tmp_path, ROW.replace(",0.02,", ',"0,02",'))
    with pytest.raises(factors.BadTables, match=r"organisme\.csv, ligne 2, colonne value : « 0,02 »"):
        run("overlay", str(path))
    assert not (home() / "facteurs").exists()


def test_two_versions_are_compared_and_unknown_ones_refused() -> None:
    assert read("diff", "2026.1", "2026.1")["changes"] == []
    assert "Aucune différence" in run("diff").output
    with pytest.raises(factors.UnknownVersion, match=r"2026\.1"):
        run("diff", "1999.1")


@pytest.mark.parametrize("words", [("overlay",), ("choose",), ("without-unclear", "peut-être")])
def test_a_call_without_its_argument_is_refused(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    text = " ".join(run("show", "monitor").output.split())
    assert 'Why this choice: 24" monitor' in text
    assert "Values seen: 64.7 to 430 kgCO2e/unit." in text
    assert "In force: 2026.1+" in run("choose", "electricity-FR-ecologits").output


def test_an_assessment_follows_the_factors_in_force_and_stays_readable(
    sample_store: Store, tmp_path: Path
) -> None:
    from footprint.assessments import assess_campaign
    from footprint.store.referential import current_campaign
    from footprint.views import application_sheet, summary

    shipped = summary(sample_store)
    run("overlay", str(own(tmp_path)))
    kept, new = assess_campaign(sample_store, current_campaign(sample_store))
    own_set = summary(sample_store)
    assert new
    assert kept.id != shipped.assessment_id
    assert own_set.factor_set == factors.load().with_overlay(home() / "facteurs" / "organisme.csv").version
    assert own_set.total is not None
    assert shipped.total is not None
    assert own_set.total.value < shipped.total.value
    # The row is gone: what was computed with it still names it.
    run("overlay", "--remove", "organisme.csv")
    assert "corp-fr-2026" in str(application_sheet(sample_store, "TRI-COURRIER").explanation)
    back, new = assess_campaign(sample_store, current_campaign(sample_store))
    assert (back.id, new) == (shipped.assessment_id, False)


def test_without_unclear_rows_what_is_missing_is_a_gap_never_a_zero(sample_store: Store) -> None:
    from footprint.assessments import assess_campaign
    from footprint.store.referential import current_campaign
    from footprint.views import summary

    before = {gap.missing for gap in summary(sample_store).gaps}
    run("without-unclear", "on")
    kept, _new = assess_campaign(sample_store, current_campaign(sample_store))
    gaps = {gap.missing for gap in summary(sample_store).gaps}
    assert before < gaps
    assert {"ip-phone / energy", "docking-station / gwp / embodied"} <= gaps - before
    used = set(kept.asset_impacts["factor_id"].to_pylist())
    shipped = factors.load()
    unclear = {row.id for row in shipped.factors if row.reuse == "unclear"}
    assert not used & unclear
    zero = [row for row in kept.asset_impacts.to_pylist() if row["amount"] == 0 and row["factor"] == 0]
    assert zero == []
