"""The counters of a served model: names, resets, hostile pages."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from collectors.llm.serving import DCGM_ENERGY, SPELLINGS, Exporter, ServingUnreadable, dcgm, fetch, parse
from tests.llm.serving_bench import dcgm_page, serving, tgi, vllm

ENERGY = {DCGM_ENERGY}


def gained(pages: list[str], server: str = "vllm") -> dict[str, float | None]:
    with serving(pages) as url:
        exporter = Exporter(url, SPELLINGS[server])
        for _ in pages:
            exporter.read()
        return exporter.gained().totals


def test_vllm_counts_what_was_served_between_two_readings() -> None:
    pages = [vllm(10, 2, 1, 1000, 500), vllm(15, 4, 9, 1800, 900.0)]
    # 5 ended by themselves, 2 at their length; the 8 aborted ones served nobody.
    assert gained(pages) == {"requests": 7.0, "tokens_in": 800.0, "tokens_out": 400.0}


def test_tgi_counts_successes_and_sums_of_its_histograms() -> None:
    assert gained([tgi(10, 1000, 500), tgi(16, 1600, 950)], "tgi") == {
        "requests": 6.0, "tokens_in": 600.0, "tokens_out": 450.0,
    }  # fmt: skip


def test_tgi_of_an_exporter_that_adds_total() -> None:
    plain = (tgi(1, 0, 0), tgi(4, 9, 9))
    pages = [page.replace("tgi_request_success ", "tgi_request_success_total ") for page in plain]
    assert gained(pages, "tgi")["requests"] == 3.0


def test_vllm_behind_an_exporter_without_colons() -> None:
    pages = [vllm(*five).replace("vllm:", "vllm_") for five in ((1, 0, 0, 10, 20), (3, 0, 0, 15, 26))]
    assert gained(pages) == {"requests": 2.0, "tokens_in": 5.0, "tokens_out": 6.0}


def test_a_restart_counts_what_followed_and_is_told() -> None:
    with serving([vllm(10, 0, 0, 100, 100), vllm(12, 0, 0, 120, 120), vllm(3, 0, 0, 30, 30)]) as url:
        exporter = Exporter(url, SPELLINGS["vllm"])
        for _ in range(3):
            exporter.read()
        found = exporter.gained()
    assert found.totals == {"requests": 5.0, "tokens_in": 50.0, "tokens_out": 50.0}
    assert found.resets == 3  # one a series that fell


def test_a_restart_seen_by_the_start_time_alone() -> None:
    start = "process_start_time_seconds {}\n"
    pages = [start.format(100) + vllm(10, 0, 0, 1, 1), start.format(200) + vllm(11, 0, 0, 1, 1)]
    with serving(pages) as url:
        exporter = Exporter(url, SPELLINGS["vllm"])
        exporter.read()
        exporter.read()
    assert exporter.gained().totals["requests"] == 11.0
    assert exporter.gained().resets > 0


def test_a_label_that_appears_began_at_zero() -> None:
    later = 'vllm:request_success_total{finished_reason="stop",model_name="b"} 4\n'
    assert gained([vllm(1, 0, 0, 1, 1), vllm(2, 0, 0, 1, 1) + later])["requests"] == 5.0


def test_mean_of_the_requests_being_served() -> None:
    with serving([vllm(1, 0, 0, 1, 1, running=2), vllm(1, 0, 0, 1, 1, running=6)]) as url:
        exporter = Exporter(url, SPELLINGS["vllm"])
        exporter.read()
        exporter.read()
    assert exporter.running() == 4.0


def test_gpus_are_added_and_told_once_each() -> None:
    with serving([dcgm_page(1e6, 2e6), dcgm_page(1.5e6, 2.25e6)]) as url:
        exporter = dcgm(url)
        exporter.read()
        exporter.read()
    assert exporter.gained().totals == {"energy": 750_000.0}


def test_an_exporter_that_restarts_leaves_the_counters_of_gpus() -> None:
    start = "process_start_time_seconds {}\n"
    pages = [start.format(100) + dcgm_page(4e6), start.format(200) + dcgm_page(4.5e6), dcgm_page(1e5)]
    with serving(pages) as url:
        exporter = dcgm(url)
        for _ in range(2):
            exporter.read()
        assert (exporter.gained().totals, exporter.gained().resets) == ({"energy": 500_000.0}, 0)
        exporter.read()
    # Only a counter that falls started again.
    assert (exporter.gained().totals, exporter.gained().resets) == ({"energy": 600_000.0}, 1)


def test_an_absent_counter_is_unknown_and_names_what_was_looked_for() -> None:
    with serving(["up 1\n"]) as url:
        exporter = Exporter(url, SPELLINGS["vllm"])
        exporter.read()
        assert exporter.gained().totals == {"requests": None, "tokens_in": None, "tokens_out": None}
        assert exporter.running() is None
        with pytest.raises(ServingUnreadable, match=r"vllm:request_success_total.*--server"):
            exporter.require("requests")


@pytest.mark.parametrize("value", ["NaN", "-1", "+Inf", "-Inf", "1e999", "abc", "", "0x10"])
def test_values_that_are_no_count_are_skipped(value: str) -> None:
    assert parse(f'{DCGM_ENERGY}{{gpu="0"}} {value}\n', ENERGY) == {}


def test_the_last_of_two_identical_series_counts() -> None:
    assert list(parse(f"{DCGM_ENERGY} 1\n{DCGM_ENERGY} 2\n", ENERGY).values()) == [2.0]


@pytest.mark.parametrize(
    "line", ['x{a="1" 3', "x{a=1} 3", "x{a} 3", 'x{="1"} 3', "x", "{} 3", 'x{a="\\"} 3', "x" * 9000 + " 1"]
)
def test_broken_lines_are_skipped(line: str) -> None:
    assert parse(f"{line}\nx 7\n", {"x"}) == {("x", ()): 7.0}


def test_timestamps_tabs_and_escapes_are_read() -> None:
    text = 'x{a="un \\"nom\\", et }",b="c"}\t12 1763650000000\nx {a="2"} 5\n'
    assert [*parse(text, {"x"}).values()] == [12.0, 5.0]


@pytest.mark.parametrize("page", [vllm(10, 2, 1, 1000, 500), tgi(3, 4, 5)])
def test_same_values_as_the_reference_parser(page: str) -> None:
    samples = [one for family in text_string_to_metric_families(page) for one in family.samples]
    # It gives the name of OpenMetrics to the counters of TGI, which bear none.
    names = {one.name for one in samples if f"\n{one.name}" in page}
    expected = {
        (one.name, tuple(sorted(one.labels.items()))): one.value for one in samples if one.name in names
    }
    assert len(expected) >= 8
    assert parse(page, names) == expected


def test_counters_as_the_reference_client_writes_them() -> None:
    registry = CollectorRegistry()
    success = Counter("vllm:request_success", "d", ["model_name", "finished_reason"], registry=registry)
    generated = Counter("vllm:generation_tokens", "d", ["model_name"], registry=registry)
    pages = []
    for _ in range(2):
        success.labels('a "b"\\c\n', "stop").inc(3)
        success.labels("a", "abort").inc(2)
        generated.labels("a").inc(1.5e7)
        pages.append(generate_latest(registry).decode())
    assert gained(pages) == {"requests": 3.0, "tokens_in": None, "tokens_out": 1.5e7}


@given(st.text(max_size=400))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    for value in parse("x" + text, {"x"}).values():
        assert math.isfinite(value)
        assert value >= 0


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "metrics", ""])
def test_only_http_addresses(url: str) -> None:
    with pytest.raises(ServingUnreadable, match="http"):
        fetch(url)


def test_an_address_where_nobody_answers() -> None:
    with serving(["x 1\n"]) as url:
        pass
    with pytest.raises(ServingUnreadable, match="illisibles"):
        fetch(url, timeout_s=1.0)


def test_an_error_page_is_refused() -> None:
    with serving(["x 1\n"], status=503) as url, pytest.raises(ServingUnreadable, match="503"):
        fetch(url)


def test_a_huge_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.llm.serving.MOST_BYTES", 1000)
    with serving([b"x 1\n" * 1000]) as url, pytest.raises(ServingUnreadable, match="trop longue"):
        fetch(url)


def test_bytes_that_are_no_text_are_read_around() -> None:
    with serving([b"\xff\xfe\nx 3\n"]) as url:
        assert parse(fetch(url), {"x"}) == {("x", ()): 3.0}
