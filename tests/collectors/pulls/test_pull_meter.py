"""A meter's CSV as bodies have it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.pulls.found import BadOption, Found, Measure, SourceUnreadable
from collectors.pulls.meter_columns import MeterChoices
from collectors.pulls.meter_csv import read_meter
from collectors.pulls.tabular import moment, number

SERVER = MeterChoices("host", "srv-01")
SITE = MeterChoices("site", "DC-A")


def read(folder: Path, text: str, choices: MeterChoices = SERVER, encoding: str = "utf-8") -> Found:
    path = folder / "compteur.csv"
    path.write_bytes(text.encode(encoding))
    return read_meter(path, choices)


def only(found: Found) -> Measure:
    (measure,) = found.measures
    return measure


def kwh(found: Found) -> float:
    return sum(part.kwh for part in only(found).slices)


def utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]


def test_french_headers_dates_and_decimals(tmp_path: Path) -> None:
    text = "Début;Fin;Énergie (kWh)\r\n04/03/2026 09:00;04/03/2026 10:00;1,5\r\n"
    found = read(tmp_path, text, encoding="cp1252")
    assert kwh(found) == 1.5
    measure = only(found)
    assert (measure.start, measure.end) == (utc(2026, 3, 4, 8), utc(2026, 3, 4, 9))
    assert (measure.subject, measure.asset, measure.slices[0].rows[0].tier) == ("host", "srv-01", "meter")
    row = measure.slices[0].rows[0]
    assert (row.low_kwh, row.high_kwh) == pytest.approx((1.47, 1.53))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_english_headers_any_order_and_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    text = "room,energy kWh,end,start\nA,1.5,2026-03-04T10:00:00Z,2026-03-04T09:00:00Z\n"
    found = read(tmp_path, text, encoding=encoding)
    assert kwh(found) == 1.5
    assert only(found).start == utc(2026, 3, 4, 9)


def test_power_is_averaged_over_the_period_found(tmp_path: Path) -> None:
    text = "Horodatage;Puissance (W)\n" + "".join(f"2026-03-04 09:{m:02d};120\n" for m in range(0, 60, 10))
    assert kwh(read(tmp_path, text)) == pytest.approx(0.12)


def test_date_and_hour_in_two_columns(tmp_path: Path) -> None:
    text = "Date;Heure;kWh\n04/03/2026;09:00;1\n04/03/2026;10:00;2\n"
    assert only(read(tmp_path, text)).start == utc(2026, 3, 4, 8)
    whole = "Horodatage;Heure;kWh\n2026-03-04 09:00;9;1\n2026-03-04 10:00;10;2\n"
    assert only(read(tmp_path, whole)).start == utc(2026, 3, 4, 8)


def test_an_instant_may_be_the_end_of_its_row(tmp_path: Path) -> None:
    text = "Horodatage;kWh\n2026-03-04 09:00;1\n2026-03-04 10:00;2\n"
    measure = only(read(tmp_path, text, MeterChoices("host", "s", stamp="end")))
    assert (measure.start, measure.end) == (utc(2026, 3, 4, 7), utc(2026, 3, 4, 9))


def test_bills_from_the_first_to_the_last_day_take_that_day_in(tmp_path: Path) -> None:
    text = "Du;Au;Consommation (MWh)\n01/01/2026;31/01/2026;12,5\n01/02/2026;28/02/2026;10\n"
    measure = only(read(tmp_path, text, SITE))
    assert sum(part.kwh for part in measure.slices) == 22_500
    assert (measure.start, measure.end) == (utc(2025, 12, 31, 23), utc(2026, 2, 28, 23))
    assert measure.coverage == 1.0
    assert measure.subject == "site"


def test_months_and_days_have_their_own_length(tmp_path: Path) -> None:
    months = only(read(tmp_path, "Mois;kWh\n01/02/2026;10\n01/03/2026;10\n", SITE))
    assert [(part.end - part.start) / 3600 for part in months.slices] == [28 * 24, 31 * 24 - 1]
    days = only(read(tmp_path, "Jour;kWh\n24/10/2026;10\n25/10/2026;10\n26/10/2026;10\n", SITE))
    assert [(part.end - part.start) / 3600 for part in days.slices] == [24, 25, 24]


@pytest.mark.parametrize("ends", [False, True])
def test_the_hour_that_comes_twice_counts_twice(tmp_path: Path, ends: bool) -> None:
    hours = ["01:00", "02:00", "02:00", "03:00"]
    after = ["02:00", "03:00", "03:00", "04:00"]
    rows = zip(hours, after, strict=True)
    text = "Début;Fin;kWh\n" if ends else "Horodatage;kWh\n"
    text += "".join(f"25/10/2026 {a};25/10/2026 {b};1\n" if ends else f"25/10/2026 {a};1\n" for a, b in rows)
    found = read(tmp_path, text)
    assert found.faults == ()
    assert [(part.end - part.start) / 3600 for part in only(found).slices] == [1, 1, 1, 1]


def test_the_hour_that_never_was_is_said(tmp_path: Path) -> None:
    text = "Horodatage;kWh\n29/03/2026 01:00;1\n29/03/2026 02:30;1\n29/03/2026 04:00;1\n29/03/2026 05:00;1\n"
    found = read(tmp_path, text, MeterChoices("host", "s", period_s=3600))
    assert [(fault.line, fault.code) for fault in found.faults] == [(3, "heure_inexistante")]
    assert kwh(found) == 3


def test_bad_rows_are_located_and_the_others_kept(tmp_path: Path) -> None:
    text = (
        "Début;Fin;kWh\n"
        "04/03/2026 09:00;04/03/2026 10:00;1\n"
        "04/03/2026 10:00;04/03/2026 11:00;abc\n"
        "31/02/2026 10:00;04/03/2026 11:00;1\n"
        "04/03/2026 11:00;04/03/2026 12:00;-4\n"
        "04/03/2026 09:30;04/03/2026 10:30;1\n"
        "04/03/2026 14:00;04/03/2026 13:00;1\n"
        "04/03/2026 15:00;04/03/2026 16:00;99999\n"
        "\n"
        "04/03/2026 16:00;04/03/2026 17:00;2\n"
    )
    found = read(tmp_path, text)
    assert kwh(found) == 3
    assert sorted((fault.line, fault.column, fault.code) for fault in found.faults) == [
        (3, "kWh", "nombre"),
        (4, "Début", "date"),
        (5, "kWh", "negatif"),
        (6, "", "chevauchement"),
        (7, "Fin", "duree"),
        (8, "", "impossible"),
    ]
    assert all(fault.fr and fault.en for fault in found.faults)


def test_an_index_gives_its_differences_and_never_goes_down(tmp_path: Path) -> None:
    text = (
        "date,index_kwh\n2026-01-01T00:00:00Z,100\n2026-01-01T01:00:00Z,101.5\n"
        "2026-01-01T03:00:00Z,2\n2026-01-01T04:00:00Z,3\n"
    )
    found = read(tmp_path, text)
    assert kwh(found) == 2.5
    assert only(found).coverage == 0.5
    assert [(fault.line, fault.code) for fault in found.faults] == [(4, "index_en_baisse")]


@pytest.mark.parametrize("minute", ["00", "01"])
def test_outlets_mixed_in_one_file_are_never_chained(tmp_path: Path, minute: str) -> None:
    text = (
        f"date,Prise,index_kwh\n2026-01-01T00:00:00Z,A1,50000\n2026-01-01T00:{minute}:00Z,B1,100\n"
        f"2026-01-01T01:00:00Z,A1,50001\n2026-01-01T01:{minute}:00Z,B1,101\n"
    )
    found = read(tmp_path, text, SITE)
    assert found.measures == ()
    assert [fault.code for fault in found.faults] == ["compteurs_meles"]
    assert "--where" in found.faults[0].fr
    assert kwh(read(tmp_path, text, MeterChoices("site", "DC-A", where=("prise", "a1")))) == 1
    with pytest.raises(BadOption, match="En-têtes lus : date, Prise"):
        read(tmp_path, text, MeterChoices("site", "DC-A", where=("outlet", "a1")))
    with pytest.raises(BadOption, match="Valeurs lues : A1, B1"):
        read(tmp_path, text, MeterChoices("site", "DC-A", where=("Prise", "C1")))


@pytest.mark.parametrize("order", ["ABC", "ACB", "BAC", "BCA", "CAB", "CBA"])
def test_three_outlets_read_one_after_the_other(tmp_path: Path, order: str) -> None:
    index = {"A": 100, "B": 30_000, "C": 50_000}
    rows = [f"2026-01-01T{h:02d}:0{m}:00Z,{index[o] + h}" for h in range(3) for m, o in enumerate(order)]
    found = read(tmp_path, "date,index_kwh\n" + "\n".join(rows), SITE)
    assert [fault.code for fault in found.faults] == ["compteurs_meles"]


def test_a_meter_put_back_to_zero_may_climb_past_its_former_index(tmp_path: Path) -> None:
    values = (3, 4, 0, 1, 2, 3, 4, 5)
    rows = "".join(f"2026-01-01T{h:02d}:00:00Z,{v}\n" for h, v in enumerate(values))
    found = read(tmp_path, "date,index_kwh\n" + rows)
    assert [fault.code for fault in found.faults] == ["index_en_baisse"]
    assert kwh(found) == 6


def test_rows_out_of_order_change_nothing(tmp_path: Path) -> None:
    rows = [f"2026-03-04 {h:02d}:00;{h}" for h in range(6)]
    forward = read(tmp_path, "Horodatage;kWh\n" + "\n".join(rows))
    backward = read(tmp_path, "Horodatage;kWh\n" + "\n".join(rows[::-1]))
    assert forward.measures == backward.measures


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fichier vide"),
        (";;\n", "fichier vide"),
        ("a;b\n1;2\n", "En-têtes lus : a, b"),
        ("Début;Fin;Couleur\n", "valeur avec son unité"),
    ],
)
def test_a_file_without_the_columns_says_which_it_has(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceUnreadable, match=said):
        read(tmp_path, text)


def test_choices_that_only_a_person_can_make(tmp_path: Path) -> None:
    two = "Horodatage;Prise 1 (kWh);Prise 2 (kWh)\n2026-03-04 09:00;1;2\n2026-03-04 10:00;1;2\n"
    with pytest.raises(BadOption, match="--column"):
        read(tmp_path, two)
    assert kwh(read(tmp_path, two, MeterChoices("host", "s", column="Prise 2 (kWh)"))) == 4
    bare = "Horodatage;Valeur\n2026-03-04 09:00;500\n2026-03-04 10:00;500\n"
    assert kwh(read(tmp_path, bare, MeterChoices("host", "s", unit="W"))) == 1
    with pytest.raises(BadOption, match="--unit"):
        read(tmp_path, bare, MeterChoices("host", "s", column="Valeur"))
    with pytest.raises(BadOption, match="--period"):
        read(tmp_path, "Horodatage;kWh\n2026-03-04 09:00;1\n")
    with pytest.raises(BadOption, match="Europe/Paris"):
        read(tmp_path, bare, MeterChoices("host", "s", unit="W", timezone="Europe/Lutèce"))


@pytest.mark.parametrize(
    ("text", "delimiter", "value"),
    [("1 234,5", ";", 1234.5), ("1 234.5", ";", 1234.5), ("1,234.5", ",", 1234.5), ("1.234,5", ";", 1234.5)],
)
def test_numbers_of_both_languages(text: str, delimiter: str, value: float) -> None:
    assert number(text, delimiter) == value


@pytest.mark.parametrize("text", ["", "1_000", "nan", "inf", "1e999", "douze", "0x10"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (float says what it likes)
        number(text)


def test_thousands_or_decimals_in_a_comma_file_are_not_guessed() -> None:
    with pytest.raises(ValueError, match="ambiguous"):
        number("1,234", ",")
    assert number("1,234", ";") == 1.234


def test_dates_of_both_languages() -> None:
    wanted = datetime(2026, 3, 4, 9, 5)
    for text in (
        "04/03/2026 09:05",
        "4/3/2026 9h05",
        "2026-03-04 09:05",
        "2026-03-04T09:05:00",
        "04-03-2026 09:05:00",
    ):
        assert moment(text) == wanted


@given(st.lists(st.floats(0, 15), min_size=2, max_size=30))
def test_energy_is_conserved(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    folder = tmp_path_factory.mktemp("compteur")
    text = "Horodatage;kWh\n" + "".join(
        f"2026-03-{4 + i // 24:02d} {i % 24:02d}:00;{v!r}\n" for i, v in enumerate(values)
    )
    assert kwh(read(folder, text)) == pytest.approx(sum(values))
