"""Each exporter's series, written as they expose them, to the energy of nodes and applications."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from collectors.power_model import host_model
from collectors.pulls.counters import Point
from collectors.pulls.found import BadOption, Found, Measure, followed
from collectors.pulls.nodes import Choices
from collectors.pulls.profiles import Modelled, read_dcgm, read_kepler, read_node, read_scaphandre
from collectors.pulls.prometheus import Series

HOUR = 3600.0
START = 1_772_611_200.0  # 2026-03-04 08:00 UTC
STEPS = 61  # an hour, each minute


def by_namespace(labels: Mapping[str, str]) -> str | None:
    codes = {"courrier": "TRI-COURRIER", "paie": "PAIE"}
    return codes.get(labels.get("namespace", "")) or {"nginx": "WEB"}.get(labels.get("process", ""))


CHOICES = Choices(60.0, 300.0, by_namespace)


def counter(name: str, watts: float, start: float = 0.0, unit: float = 1.0, **labels: str) -> Series:
    points = [Point(START + 60 * i, (start + watts * 60 * i) * unit) for i in range(STEPS)]
    return Series({"__name__": name, **labels}, points)


def gauge(name: str, value: float, **labels: str) -> Series:
    return Series({"__name__": name, **labels}, [Point(START + 60 * i, value) for i in range(STEPS)])


def answering(*known: tuple[str, list[Series]]) -> Callable[[str], list[Series]]:
    """Answers of a server: the first whose text is in the query."""
    return lambda query: next((series for text, series in known if text in query), [])


def wh(measure: Measure) -> dict[str, float]:
    """Wh by component."""
    sums: dict[str, float] = {}
    for part in measure.slices:
        for row in part.rows:
            sums[row.component] = sums.get(row.component, 0.0) + 1000 * row.kwh
    return sums


def only(found: Found) -> Measure:
    (measure,) = found.measures
    return measure


POD = "kepler_pod_cpu_joules_total"
BOX = "kepler_container_cpu_joules_total"
ALIVE = {"node_name": "n1", "state": "running"}
NEW = [
    counter("kepler_node_cpu_active_joules_total", 30, zone="package", path="p", node_name="n1"),
    counter("kepler_node_cpu_active_joules_total", 5, zone="dram", path="d", node_name="n1"),
    counter("kepler_node_cpu_active_joules_total", 25, zone="core", path="c", node_name="n1"),
    counter("kepler_node_cpu_active_joules_total", 30, zone="package", path="/x/rapl-mmio:0", node_name="n1"),
    counter("kepler_node_cpu_idle_joules_total", 20, zone="package", path="p", node_name="n1"),
    counter(POD, 12, zone="package", pod_namespace="courrier", pod_id="a", **ALIVE),
    counter(POD, 9, zone="core", pod_namespace="courrier", pod_id="a", **ALIVE),
    counter(POD, 7, zone="package", pod_namespace="courrier", pod_id="z", state="terminated", node_name="n1"),
    counter(BOX, 12, zone="package", container_name="nginx", pod_id="a", **ALIVE),
    counter(POD, 3, zone="package", pod_namespace="autre", pod_id="b", **ALIVE),
]  # fmt: skip


def test_kepler_by_zone_without_counting_twice() -> None:
    measure = only(read_kepler(answering(("pod_cpu", NEW)), CHOICES))
    assert wh(measure) == pytest.approx({"idle": 20, "dynamic": 23, "app:TRI-COURRIER": 12})
    assert {row.tier for part in measure.slices for row in part.rows} == {"sensor"}
    assert (measure.subject, measure.source, measure.name, measure.asset) == ("host", "kepler", "n1", None)
    assert measure.coverage == 1.0


def test_kepler_psys_replaces_the_other_zones() -> None:
    psys = counter("kepler_node_cpu_active_joules_total", 90, zone="psys", path="s", node_name="n1")
    measure = only(read_kepler(answering(("pod_cpu", [*NEW, psys])), CHOICES))
    assert wh(measure) == pytest.approx({"dynamic": 90})


def test_several_packages_add_up() -> None:
    two = [
        counter("kepler_node_cpu_active_joules_total", 30, zone=f"package-{i}", path=str(i), node_name="n")
        for i in (0, 1)
    ]
    assert wh(only(read_kepler(answering(("pod_cpu", two)), CHOICES))) == pytest.approx({"dynamic": 60})


def test_applications_above_the_node_are_scaled_to_it() -> None:
    series = [
        counter("kepler_node_cpu_active_joules_total", 10, zone="package", node_name="n"),
        counter("kepler_pod_cpu_joules_total", 9, zone="package", pod_namespace="courrier", node_name="n"),
        counter("kepler_pod_cpu_joules_total", 6, zone="package", pod_namespace="paie", node_name="n"),
    ]
    measure = only(read_kepler(answering(("pod_cpu", series)), CHOICES))
    assert wh(measure) == pytest.approx({"app:TRI-COURRIER": 6, "app:PAIE": 4})


OLD = [
    counter("kepler_node_package_joules_total", 40, mode="dynamic", instance="n2:9102"),
    counter("kepler_node_package_joules_total", 25, mode="idle", instance="n2:9102"),
    counter("kepler_node_dram_joules_total", 4, mode="dynamic", instance="n2:9102"),
    counter("kepler_node_gpu_joules_total", 100, mode="dynamic", instance="n2:9102"),
    counter("kepler_container_package_joules_total", 8, mode="dynamic", container_namespace="paie", instance="n2:9102"),
    counter("kepler_container_package_joules_total", 5, mode="idle", container_namespace="paie", instance="n2:9102"),
    counter("kepler_container_gpu_joules_total", 60, mode="dynamic", container_namespace="paie", instance="n2:9102"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "tier"), [("rapl-sysfs", "sensor"), ("estimator", "model")])
def test_old_kepler_says_what_it_measured_with(source: str, tier: str) -> None:
    info = gauge("kepler_node_info", 1, components_power_source=source, instance="n2:9102")
    measure = only(read_kepler(answering(("node_info", [info]), ("(node|container)", OLD)), CHOICES))
    assert wh(measure) == pytest.approx({"idle": 25, "dynamic": 36, "gpu": 40, "app:PAIE": 68})
    assert {row.tier for part in measure.slices for row in part.rows} == {tier}
    assert [notice.code for notice in measure.notices] == (["kepler_estime"] if tier == "model" else [])


def test_old_kepler_that_does_not_say_is_a_model() -> None:
    measure = only(read_kepler(answering(("(node|container)", OLD)), CHOICES))
    assert measure.slices[0].rows[0].tier == "model"


def test_wrap_is_reported_and_the_rest_kept() -> None:
    series = counter("kepler_node_cpu_active_joules_total", 30, zone="package", node_name="n")
    series.points[10] = Point(series.points[10].t, 1e15)
    found = read_kepler(answering(("pod_cpu", [series])), CHOICES)
    assert wh(only(found)) == pytest.approx({"dynamic": 30})
    (fault,) = found.faults
    assert (fault.code, fault.column) == ("implausible", "kepler_node_cpu_active_joules_total")


def test_a_gap_lowers_the_coverage_and_nothing_fills_it() -> None:
    series = counter("kepler_node_cpu_active_joules_total", 30, zone="package", node_name="n")
    kept = Series(series.labels, series.points[:16] + series.points[45:])
    measure = only(read_kepler(answering(("pod_cpu", [kept])), CHOICES))
    assert wh(measure) == pytest.approx({"dynamic": 15})
    assert measure.coverage == pytest.approx(0.5)


def test_scaphandre_counts_the_host_and_asks_for_no_command_line() -> None:
    asked: list[str] = []
    host = counter("scaph_host_energy_microjoules", 80, unit=1e6, instance="s1:8080")
    processes = [
        gauge("", 30e6, exe="/usr/bin/python3", instance="s1:8080"),
        gauge("", 10e6, exe="/usr/sbin/nginx", instance="s1:8080"),
    ]

    def ask(query: str) -> list[Series]:
        asked.append(query)
        return processes if "process" in query else [host] if "energy" in query else []

    measure = only(read_scaphandre(ask, CHOICES))
    assert wh(measure) == pytest.approx({"total": 70, "app:WEB": 10})
    assert [notice.code for notice in measure.notices] == ["repos_compris"]
    assert "cmdline" not in "".join(asked)
    assert "pid" not in "".join(asked)


def test_scaphandre_by_power_when_there_is_no_counter() -> None:
    power = gauge("scaph_host_power_microwatts", 80e6, instance="s1")
    assert wh(only(read_scaphandre(answering(("host_power", [power])), CHOICES))) == pytest.approx(
        {"total": 80}
    )


def test_dcgm_counts_a_card_once_whatever_its_pods() -> None:
    name = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
    whole = counter(name, 250, unit=1e3, gpu="0", UUID="GPU-1", Hostname="g1")
    first = Series({**whole.labels, "exported_pod": "a", "exported_namespace": "courrier"}, whole.points[:31])
    then = Series({**whole.labels, "exported_pod": "b", "exported_namespace": "paie"}, whole.points[30:])
    measure = only(read_dcgm(answering(("TOTAL_ENERGY", [first, then])), CHOICES))
    assert wh(measure) == pytest.approx({"app:TRI-COURRIER": 125, "app:PAIE": 125})


def test_dcgm_slices_of_a_card_do_not_multiply_it() -> None:
    name = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
    parts = [
        counter(name, 250, unit=1e3, gpu="0", UUID="GPU-1", Hostname="g1", GPU_I_ID=str(i), namespace="paie")
        for i in (1, 2)
    ]
    measure = only(read_dcgm(answering(("TOTAL_ENERGY", parts)), CHOICES))
    assert wh(measure) == pytest.approx({"gpu": 250})
    assert [notice.code for notice in measure.notices] == ["mig_non_reparti"]


def test_dcgm_by_power_when_there_is_no_counter() -> None:
    power = [gauge("DCGM_FI_DEV_POWER_USAGE", 300, UUID=f"GPU-{i}", Hostname="g1") for i in range(2)]
    assert wh(only(read_dcgm(answering(("POWER_USAGE", power)), CHOICES))) == pytest.approx({"gpu": 600})


RAPL = [
    counter(
        "node_rapl_package_joules_total",
        60,
        index="0",
        path="/sys/class/powercap/intel-rapl:0",
        instance="h1",
    ),
    counter(
        "node_rapl_package_joules_total",
        60,
        index="0",
        path="/sys/class/powercap/intel-rapl-mmio:0",
        instance="h1",
    ),
    counter(
        "node_rapl_dram_joules_total", 10, index="0", path="/sys/class/powercap/intel-rapl:0:1", instance="h1"
    ),
]


def test_node_exporter_takes_the_best_of_each_node() -> None:
    meter = gauge(
        "node_hwmon_power_average_watt", 150, chip="lnxsybus:00_acpi000d:00", sensor="power1", instance="h2"
    )
    dead = gauge(
        "node_hwmon_power_average_watt", 0, chip="lnxsybus:00_acpi000d:00", sensor="power1", instance="h1"
    )
    idle = [gauge("", 0.5, instance=name) for name in ("h1", "h2", "h3")]
    model = host_model(200, 2, 64, generation_known=False)
    ask = answering(("hwmon", [meter, dead]), ("rapl", RAPL), ("cpu_seconds", idle))
    found = {measure.name: measure for measure in read_node(ask, CHOICES, Modelled(model)).measures}
    assert wh(found["h1"]) == pytest.approx({"total": 70})
    assert wh(found["h2"]) == pytest.approx({"total": 150})
    watts = model.power(0.5)
    assert wh(found["h3"]) == pytest.approx(
        {"idle": model.idle.value, "dynamic": watts.value - model.idle.value}
    )
    assert sum(row.high_kwh for row in found["h3"].slices[0].rows) == pytest.approx(watts.high / 1000)
    assert [row.tier for row in found["h3"].slices[0].rows] == ["model", "model"]


def test_without_a_model_nothing_is_guessed() -> None:
    assert read_node(answering(("cpu_seconds", [gauge("", 0.5, instance="h3")])), CHOICES).measures == ()


def test_windows_put_end_to_end_give_the_whole() -> None:
    """A counter cut at a shared point loses nothing, a restart is said once."""
    series = counter("kepler_node_cpu_active_joules_total", 30, start=500.0, zone="package", node_name="n")
    series.points[20:] = [Point(t, value - 20_000) for t, value in series.points[20:]]
    series.points[50:] = [Point(t, value - 60_000) for t, value in series.points[50:]]
    halves = [Series(series.labels, part) for part in (series.points[:31], series.points[30:])]
    whole = only(read_kepler(answering(("pod_cpu", [series])), CHOICES))
    found = followed([read_kepler(answering(("pod_cpu", [half])), CHOICES) for half in halves])
    assert wh(only(found)) == pytest.approx(wh(whole))
    assert only(found).coverage == whole.coverage
    assert [notice.code for notice in only(found).notices] == ["compteur_remis_a_zero"]


def test_names_of_the_inventory() -> None:
    named = Choices(60, 300, by_namespace, assets={"n1": "srv-01"})
    assert only(read_kepler(answering(("pod_cpu", NEW)), named)).asset == "srv-01"
    single = Choices(60, 300, by_namespace, asset="srv-01")
    two = [*NEW, counter("kepler_node_cpu_idle_joules_total", 20, zone="package", node_name="n9")]
    with pytest.raises(BadOption, match="2 nœuds"):
        read_kepler(answering(("pod_cpu", two)), single)


def test_matchers_asked_for_are_in_every_selector() -> None:
    chosen = Choices(60, 300, by_namespace, matchers='cluster="prod"')
    assert chosen.selector("a|b", 'mode="idle"') == '{__name__=~"a|b",mode="idle",cluster="prod"}'


def scraped(series: list[Series], **target: str) -> list[Series]:
    """The same series as another job gives them."""
    return [Series({**one.labels, **target}, one.points) for one in series]


TWICE = [
    (read_kepler, ("pod_cpu", NEW)),
    (read_kepler, ("(node|container)", OLD)),
    (read_node, ("rapl", RAPL)),
    (
        read_scaphandre,
        ("host_energy", [counter("scaph_host_energy_microjoules", 80, unit=1e6, instance="s1")]),
    ),
    (
        read_dcgm,
        (
            "TOTAL_ENERGY",
            [
                counter(
                    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", 250, unit=1e3, UUID="G", Hostname="g",
                    exported_namespace="paie",
                )
            ],
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("read", "known"), TWICE)
def test_a_node_that_two_jobs_read_counts_once(
    read: Callable[..., Found], known: tuple[str, list[Series]]
) -> None:
    text, series = known
    both = [
        *scraped(series, job="a", prometheus_replica="0", pod="exporter-1"),
        *scraped(series, job="b", prometheus_replica="1", pod="exporter-1", team="x"),
    ]
    one, two = only(read(answering(known), CHOICES)), only(read(answering((text, both)), CHOICES))
    assert wh(two) == pytest.approx(wh(one))
    assert "releve_en_double" not in [notice.code for notice in one.notices]
    assert "releve_en_double" in [notice.code for notice in two.notices]


def test_the_longest_series_counts_and_another_fills_what_it_lacks() -> None:
    whole = counter("node_rapl_package_joules_total", 60, index="0", path="p", instance="h")
    first = Series({**whole.labels, "pod": "exporter-1"}, whole.points[:22])
    then = Series({**whole.labels, "pod": "exporter-2"}, whole.points[20:])
    measure = only(read_node(answering(("rapl", [first, then])), CHOICES))
    assert wh(measure) == pytest.approx({"total": 60})
    # The exporter's own pod changed: the series follow each other, nothing is told twice.
    assert [notice.code for notice in measure.notices] == ["perimetre_rapl"]


def test_scaphandre_processes_of_two_jobs_are_taken_once_by_the_query() -> None:
    asked: list[str] = []
    host = counter("scaph_host_energy_microjoules", 80, unit=1e6, instance="s1:8080")

    def ask(query: str) -> list[Series]:
        asked.append(query)
        return [host] if "energy" in query else []

    read_scaphandre(ask, CHOICES)
    assert "(max without (job, prometheus" in asked[-1]


def test_rapl_that_wraps_is_counted_and_told() -> None:
    whole = counter("node_rapl_package_joules_total", 200, index="0", path="p", instance="h")
    turning = Series(whole.labels, [Point(t, value % 262_143.328850) for t, value in whole.points])
    measure = only(read_node(answering(("rapl", [turning])), CHOICES))
    assert wh(measure) == pytest.approx({"total": 200})
    assert [notice.code for notice in measure.notices] == ["perimetre_rapl", "compteur_rapl_boucle"]


@pytest.mark.parametrize("read", [read_scaphandre, read_dcgm, read_node])
def test_power_is_averaged_over_the_step_one_metric_a_query(read: Callable[..., Found]) -> None:
    """Two metrics in one average would lose their names, and Prometheus refuses series it can't tell apart."""
    asked: list[str] = []
    read(lambda query: (asked.append(query), [])[1], Choices(300.0, 1500.0, by_namespace))
    power = [query for query in asked if "power" in query.lower()]
    assert power
    for query in power:
        assert "avg_over_time(" in query
        assert "[300s]" in query
        assert "|" not in query.split('",')[0]
