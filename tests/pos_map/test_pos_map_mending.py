"""What is proposed in place of a bad value: certain and readable, or nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pos_map_estate import Reader, found

from pos_map.mending import mend
from pos_map.values import BadValue, day, month, number, share

READERS = {"bad-number": number, "bad-date": day, "bad-month": month, "bad-share": share}


@pytest.mark.parametrize(
    ("code", "value", "mended"),
    [
        ("bad-number", "1.234,56", "1234,56"),
        ("bad-number", "1,234.56", "1234,56"),
        ("bad-number", "1'234", "1234"),
        ("bad-number", "16 Go", "16"),
        ("bad-number", "1 500,5 kWh", "1500,5"),
        ("bad-number", "4.5 ans", "4,5"),
        ("bad-number", "1.000 Go", ""),
        ("bad-number", "0.125 Go", "0,125"),
        ("bad-number", "3 MWh", ""),
        ("bad-number", "1,2,3", ""),
        ("bad-number", "beaucoup", ""),
        ("bad-number", "1 ou 2", ""),
        ("bad-date", "8 juillet 2020", "2020-07-08"),
        ("bad-date", "1er août 2021", "2021-08-01"),
        ("bad-date", "2020/07/08", "2020-07-08"),
        ("bad-date", "08.07.2020", "2020-07-08"),
        ("bad-date", "08/07/20", "2020-07-08"),
        ("bad-date", "31/02/2020", ""),
        ("bad-date", "juillet", ""),
        ("bad-date", "12/25/2020", ""),
        ("bad-month", "mars 2026", "2026-03"),
        ("bad-month", "treize 2026", ""),
        ("bad-share", "57", "57 %"),
        ("bad-share", "57,5", "57,5 %"),
        ("bad-share", "157", ""),
        ("bad-share", "-0,1", ""),
        ("duplicate", "H1", ""),
    ],
)
def test_slips_of_form_are_mended_and_guesses_are_not_made(code: str, value: str, mended: str) -> None:
    assert mend(code, value) == mended


@given(st.sampled_from(sorted(READERS)), st.text(max_size=20) | st.from_regex(r"[0-9., /%a-z'-]{1,12}"))
@settings(max_examples=200, deadline=None)
def test_what_is_proposed_can_be_read(code: str, value: str) -> None:
    if proposed := mend(code, value):
        try:
            assert READERS[code](proposed) is not None
        except BadValue:
            pytest.fail(f"{value!r} → {proposed!r}")


def test_faults_carry_their_mend(read_text: Reader) -> None:
    cells = {
        ("physiques.csv", "dateAchat", "08/07/2020", "8 juil. 2020", "bad-date"): "2020-07-08",
        ("virtuels.csv", "cleRepartition", "0,5", "50", "bad-share"): "50 %",
        ("centres.csv", "pue", "1,42", "1.4.2", "bad-number"): "",
        ("centres.csv", "localisation", "localisation", "localisatoin", "unknown-column"): "localisation",
        ("virtuels.csv", "nomEquipementPhysique", "VM1;H1", "VM1;h-01", "other-spelling"): "H1",
    }
    from pos_map_estate import SOUND

    for (file, column, before, after, code), mended in cells.items():
        _, faults = read_text({file: SOUND[file].replace(before, after, 1)})
        fault = found(faults, code, file)
        assert fault.mend == mended, (column, fault)


def test_a_word_near_one_of_the_list_is_proposed(read_text: Reader) -> None:
    text = "nomEquipementVirtuel;nomEquipementPhysique;vCPU;typeEqv\nVM1;H1;4;calcull\nVM2;H2;4;zzz\n"
    _, faults = read_text({"virtuels.csv": text})
    words = [(fault.value, fault.mend) for fault in faults if fault.code == "unknown-word"]
    assert words == [("calcull", "calcul"), ("zzz", "")]
