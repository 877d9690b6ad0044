"""Each check finds the value that is not credible, and says nothing of the one beside it that is."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from footprint.plausibility import CHECKS, Estate, judged
from tests import estates as e
from tests.plausibility.cases import CASES, IMPROBABLE, centre, host, run_of, servers, service
from tests.plausibility.judging import CATALOGUE, estate, found, office, only


@pytest.mark.parametrize("case", CASES)
def test_the_value_is_found_once_and_its_credible_twin_is_not(case: str) -> None:
    code, severity, subject, build, wrong, right = CASES[case]
    told = [one for one in judged(build(**wrong)) if (one.code, one.subject) == (code, subject)]
    assert [one.severity for one in told] == [severity]
    assert code not in {one.code for one in judged(build(**right))}


@pytest.mark.parametrize("case", CASES)
def test_a_finding_says_what_where_from_and_what_to_do(case: str) -> None:
    """Both languages, and a range unless the value is a date or a zone."""
    code, _severity, _subject, build, wrong, _right = CASES[case]
    for one in [one for one in judged(build(**wrong)) if one.code == code]:
        assert one.fr.startswith("« ")
        assert one.en.startswith("“")
        assert all((one.source_fr, one.source_en, one.do_fr, one.do_en, one.field))
        if not isinstance(one.value, str) and code != "P-QTY":
            assert ("attendu" in one.fr, "expected" in one.en) == (True, True)
            assert (one.low is not None and one.value < one.low) or (
                one.high is not None and one.value > one.high
            )


def test_the_server_of_81_kw_says_what_it_would_take() -> None:
    one = only(servers(yearly_kwh=710_000.0))
    assert one.value == pytest.approx(80_995, rel=1e-3)  # 710,000 / 8.766 W
    assert (one.unit, one.field, one.kind) == ("W", "yearly_kwh", "asset")
    assert "server-energy-borderstep" in one.source_fr
    assert one.fr.startswith(
        "« S » : puissance moyenne 80\u202f990\u202fW, attendu 19,39 à 2\u202f000\u202fW"
    )
    assert one.en.startswith("“S”: mean power 80,990\u202fW, expected 19.39 to 2,000\u202fW")


def test_a_pue_of_150_is_told_to_be_a_percentage() -> None:
    one = only(centre(pue=150.0))
    assert "pourcentage" in one.fr
    assert "percentage" in one.en
    assert "DCiE" in only(centre(pue=0.7)).fr


def test_grams_read_as_kilograms_are_named() -> None:
    assert "grammes" in only(service(yearly_kwh=1000.0, kgco2e=46_100.0)).fr
    assert "Grams" in only(servers(embodied_kgco2e=1_300_000.0)).en


def test_a_service_of_an_unknown_place_is_not_judged_by_another_grid() -> None:
    assert judged(service(country="Atlantide", yearly_kwh=1000.0, kgco2e=46_100.0))[0].code == "P-SERVICE"


def test_without_a_gpu_a_machine_is_bounded_by_its_threads() -> None:
    """800 W on four threads is impossible, unless accelerators took them."""
    bare = run_of(800.0)
    assert "P-RUN-POWER" not in {one.code for one in judged(bare)}  # nobody says whether there was a GPU
    for gpu_kwh, expected in ((None, True), (0.7, False)):
        runs = bare.runs.append_column("gpu_kwh", pa.array([gpu_kwh], pa.float64()))
        codes = {one.code for one in judged(estate_with_runs(bare, runs))}
        assert ("P-RUN-POWER" in codes) is expected


def estate_with_runs(of: Estate, runs: pa.Table) -> Estate:
    return Estate(of.frames, runs, of.catalogue, of.year, of.zone)


def test_the_meter_of_a_site_is_not_a_machine() -> None:
    assert judged(estate(runs=[e.measured("R", 400.0, subject="site")])) == ()


def test_a_short_sample_says_nothing_of_a_year() -> None:
    assert "P-HOST-GENERIC" not in {one.code for one in judged(host(5.0, hours=0.5))}


def test_a_cluster_with_a_silent_host_is_not_judged() -> None:
    hosts = [e.server("S", cluster="C", cores=16.0), e.server("T", cluster="C", cores=None)]
    machines = [e.vm(f"V{n}", cluster="C", vcpu=64.0) for n in range(50)]
    assert judged(estate(assets=hosts, machines=machines)) == ()


def test_a_machine_is_judged_by_its_host_before_its_cluster() -> None:
    hosts = [e.server("S", cluster="C", cores=4.0), e.server("T", cluster="C", cores=64.0)]
    machines = [e.vm("V", "S", cluster="C", vcpu=16.0), e.vm("W", cluster="C", vcpu=16.0)]
    assert found(estate(assets=hosts, machines=machines)) == {("P-VM-HOST", IMPROBABLE, "V")}


def test_a_month_far_from_its_site_is_found() -> None:
    months = [{"data_centre": "DC", "month": date(2026, n, 1), "it_kwh": 9e4} for n in range(1, 12)]
    last = {"data_centre": "DC", "month": date(2026, 12, 1), "it_kwh": 90.0}
    one = only(estate(tables={"readings": [*months, last]}))
    assert (one.code, one.severity, one.subject) == ("P-READ-MONTH", IMPROBABLE, "DC 2026-12")


def test_a_keyboard_may_draw_nothing() -> None:
    assert judged(estate(assets=[office("Clavier", 10, yearly_kwh=0.0)])) == ()


def test_a_number_that_is_none_is_told_as_text() -> None:
    one = only(estate(assets=[e.server("S", ram_gb=float("inf"))]))
    assert (one.code, one.value) == ("P-RAM", "inf")


def test_no_table_and_no_column_is_no_finding() -> None:
    empty = Estate({}, pa.table({}), CATALOGUE, 2026, "FR")
    assert judged(empty) == ()
    bare = Estate(
        {"assets": pa.table({"name": ["S"], "type": ["Serveur"]})}, pa.table({}), CATALOGUE, 2026, "FR"
    )
    assert judged(bare) == ()


def test_checks_mend_nothing() -> None:
    made = servers(yearly_kwh=3_217_000.0)
    before = {name: table.to_pylist() for name, table in made.frames.items()}
    judged(made)
    assert {name: table.to_pylist() for name, table in made.frames.items()} == before
    assert len(CHECKS) == len({check.__name__ + check.__module__ for check in CHECKS})
