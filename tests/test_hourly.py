"""Hourly electricity a body brings (M2): what is refused and where, what is kept, the shape it gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import factors
from footprint.hourly import BadProfile, keep, profiles_of

CATALOGUE = factors.load()
HEADER = "zone,hour,value,source"
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = 8760


def rows(zone: str = "FR", value: float = 50.0, hours: int = HOURS, night: float | None = None) -> list[str]:
    """A year of a zone, hour by hour; `night`: the value of the first half of each day."""
    at = (FIRST + timedelta(hours=n) for n in range(hours))
    values = (night if night is not None and n % 24 < 12 else value for n in range(hours))
    return [f"{zone},{when:%Y-%m-%dT%H:%MZ},{v},RTE" for when, v in zip(at, values, strict=True)]


def write(folder: Path, lines: list[str], name: str = "profil.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_a_year_is_kept_and_gives_a_profile_of_mean_1(home: Path, tmp_path: Path) -> None:
    file = write(tmp_path, [HEADER, *rows(value=20.0, night=60.0)])
    assert keep(home, file, CATALOGUE) == ("FR 2025",)
    found = profiles_of(home, 2025, CATALOGUE)
    assert found.num_rows == HOURS
    assert set(found["profile"].to_pylist()) == {1.5, 0.5}
    assert found["hour"].to_pylist() == list(
        range(found["hour"][0].as_py(), found["hour"][0].as_py() + HOURS)
    )
    assert found["hour"][0].as_py() * 3600 == FIRST.timestamp()
    assert profiles_of(home, 2026, CATALOGUE).num_rows == 0


def test_the_level_of_the_source_does_not_matter_only_its_shape(home: Path, tmp_path: Path) -> None:
    keep(home, write(tmp_path, [HEADER, *rows(value=20.0, night=60.0)]), CATALOGUE)
    low = profiles_of(home, 2025, CATALOGUE)
    keep(home, write(tmp_path, [HEADER, *rows(value=2000.0, night=6000.0)]), CATALOGUE)
    assert profiles_of(home, 2025, CATALOGUE).equals(low)


def test_the_last_file_kept_counts_whatever_its_digest(home: Path, tmp_path: Path) -> None:
    """Corrections come and go: each time, the last one is read."""
    flat, shaped = [HEADER, *rows()], [HEADER, *rows(value=20.0, night=60.0)]
    for lines, expected in ((flat, {1.0}), (shaped, {1.5, 0.5}), (flat, {1.0}), (shaped, {1.5, 0.5})):
        keep(home, write(tmp_path, lines), CATALOGUE)
        assert set(profiles_of(home, 2025, CATALOGUE)["profile"].to_pylist()) == expected
    assert len(list((home / "profils").glob("*.csv"))) == 2


def test_names_of_zones_semicolons_quotes_and_decimal_commas(home: Path, tmp_path: Path) -> None:
    lines = ['"zone";"hour";"value";"source"']
    lines += [row.replace(",", ";").replace("50.0", '"50,5"') for row in rows("La Réunion")]
    file = write(tmp_path, lines)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert keep(home, file, CATALOGUE) == ("RE 2025",)
    assert set(profiles_of(home, 2025, CATALOGUE)["profile"].to_pylist()) == {1.0}


def test_two_zones_and_years_of_one_file(home: Path, tmp_path: Path) -> None:
    later = [row.replace("2025-", "2027-") for row in rows("RE")]
    assert keep(home, write(tmp_path, [HEADER, *rows(), *later]), CATALOGUE) == ("FR 2025", "RE 2027")
    assert set(profiles_of(home, 2027, CATALOGUE)["zone"].to_pylist()) == {"RE"}


def test_hours_of_another_clock_are_taken_to_utc(home: Path, tmp_path: Path) -> None:
    lines = [row.replace("Z,", "+00:00,") for row in rows(night=10.0)]
    lines[5] = "FR,2025-01-01T06:00+01:00,10.0,RTE"  # 05:00 UTC
    keep(home, write(tmp_path, [HEADER, *lines]), CATALOGUE)
    assert profiles_of(home, 2025, CATALOGUE).num_rows == HOURS


# -- coverage --------------------------------------------------------------------------------

LEAST = 8585  # 98 % of 8,760 hours, rounded up


@pytest.mark.parametrize(("hours", "kept"), [(LEAST, True), (LEAST - 1, False)])
def test_98_hours_of_100_at_least(home: Path, tmp_path: Path, hours: int, kept: bool) -> None:
    file = write(tmp_path, [HEADER, *rows(hours=hours)])
    if kept:
        assert keep(home, file, CATALOGUE) == ("FR 2025",)
        return
    with pytest.raises(BadProfile) as refused:
        keep(home, file, CATALOGUE)
    assert str(refused.value) == (
        f"profil.csv : {hours} heures sur 8760 pour FR en 2025, il en faut {LEAST} : complétez l’année."
    )
    assert f"{hours} hours of 8760 for FR in 2025" in refused.value.en
    assert not (home / "profils").exists()


def test_a_leap_year_has_8784_hours(home: Path, tmp_path: Path) -> None:
    short = [row.replace("2025-", "2028-") for row in rows(hours=8600)]
    with pytest.raises(BadProfile, match="8600 heures sur 8784"):
        keep(home, write(tmp_path, [HEADER, *short]), CATALOGUE)


# -- faults ----------------------------------------------------------------------------------

FAULTS = [
    # the row in place of the third, column, value, words in French, words in English
    ("Atlantide,2025-01-01T01:00Z,5,RTE", "zone", "Atlantide", "une zone connue", "a known zone"),
    (",2025-01-01T01:00Z,5,RTE", "zone", "", "une zone connue", "a known zone"),
    ("FR,le 1er janvier,5,RTE", "hour", "le 1er janvier", "une heure juste, UTC", "a full hour, UTC"),
    ("FR,,5,RTE", "hour", "", "une heure juste, UTC", "a full hour, UTC"),
    ("FR,2025-01-01T01:30Z,5,RTE", "hour", "2025-01-01T01:30Z", "heure juste", "full hour"),
    ("FR,9999-12-31T23:00-12:00,5,RTE", "hour", "9999-12-31T23:00-12:00", "heure juste", "full hour"),
    ("FR,2025-01-01T00:00Z,5,RTE", "hour", "2025-01-01T00:00Z", "une valeur par heure", "one value an hour"),
    ("FR,2025-01-01T01:00Z,-1,RTE", "value", "-1", "d’au moins 0", "at least 0"),
    ("FR,2025-01-01T01:00Z,nan,RTE", "value", "nan", "d’au moins 0", "at least 0"),
    ("FR,2025-01-01T01:00Z,inf,RTE", "value", "inf", "d’au moins 0", "at least 0"),
    ("FR,2025-01-01T01:00Z,cinq,RTE", "value", "cinq", "d’au moins 0", "at least 0"),
    ("FR,2025-01-01T01:00Z,5,", "source", "", "la source de la valeur", "the source of the value"),
    ("FR,2025-01-01T01:00Z,5", "source", "", "la source de la valeur", "the source of the value"),
]


@pytest.mark.parametrize(("row", "column", "value", "fr", "en"), FAULTS, ids=lambda v: str(v)[:30])
def test_each_fault_has_its_line_and_column(
    home: Path, tmp_path: Path, row: str, column: str, value: str, fr: str, en: str
) -> None:
    lines = [HEADER, *rows()]
    lines[2] = row
    with pytest.raises(BadProfile) as refused:
        keep(home, write(tmp_path, lines), CATALOGUE)
    assert str(refused.value).startswith(f"profil.csv, ligne 3, colonne {column} : « {value} » refusé")
    assert refused.value.en.startswith(f"profil.csv, line 3, column {column}: “{value}” refused")
    assert fr in str(refused.value)
    assert en in refused.value.en


@pytest.mark.parametrize(
    ("content", "fr"),
    [
        (b"", "ligne 1 : il manque zone, hour, value, source"),
        (b"zone,hour,valeur,source\n", "ligne 1 : il manque value"),
        (b"zone,hour,value,source\n\n", "ne contient aucune heure"),
        (b"zone,hour,value,source\nFR,2025-01-01T00:00Z,5,\xe9t\xe9\n", "CSV en UTF-8 est attendu"),
    ],
)
def test_files_that_hold_nothing_usable(home: Path, tmp_path: Path, content: bytes, fr: str) -> None:
    file = tmp_path / "profil.csv"
    file.write_bytes(content)
    with pytest.raises(BadProfile, match=fr):
        keep(home, file, CATALOGUE)


def test_a_file_that_is_not_there(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="n’est pas un fichier"):
        keep(home, tmp_path / "absent.csv", CATALOGUE)


def test_a_zone_all_of_zeros_gives_no_profile(home: Path, tmp_path: Path) -> None:
    keep(home, write(tmp_path, [HEADER, *rows(value=0.0)]), CATALOGUE)
    assert profiles_of(home, 2025, CATALOGUE).num_rows == 0
