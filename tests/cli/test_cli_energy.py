"""hourly and archive: what is kept, what is refused, what is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from footprint.cli.main import app
from footprint.errors import FootprintError
from footprint.store.database import Store


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def profile(path: Path, hours: int) -> Path:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = (f"FR,{(start + timedelta(hours=h)):%Y-%m-%dT%H:00Z},{40 + h % 24},essai" for h in range(hours))
    path.write_text("\n".join(["zone,hour,value,source", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_profile_is_kept_and_used_by_the_next_assessment(sample_store: Store, tmp_path: Path) -> None:
    text = run("hourly", str(profile(tmp_path / "fr.csv", 8760))).output
    assert "Profil horaire gardé : FR 2026." in text
    # The sample's runs were measured at 9 and 10 in March: their hours no longer weigh like the year.
    assert "(nouvelle)" in run("assess").output
    assert "profil horaire" in run("explain", "tri-courrier:1.0").output


def test_a_part_of_a_year_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FootprintError, match="100 heures sur 8760"):
        run("hourly", str(profile(tmp_path / "fr.csv", 100)))


def test_closed_months_are_archived_once(sample_store: Store) -> None:
    text = run("archive", "--before", "2026-04").output
    assert "2026-03" in text
    assert "parquet" in text
    assert "Aucun mois clos" in run("archive", "--before", "2026-04").output
    assert "(inchangée)" in run("assess").output


@pytest.mark.parametrize("before", ["2026", "2026-13", "mars", "2999-01"])
def test_a_month_that_is_none_or_not_over_is_refused(before: str) -> None:
    with pytest.raises(FootprintError, match="un mois est attendu"):
        run("archive", "--before", before)
