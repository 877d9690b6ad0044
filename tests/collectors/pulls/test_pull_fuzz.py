"""Whatever a file or a server holds, a reader gives measures and faults, or one clear refusal: never a traceback."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.pulls.carbontracker import read_carbontracker
from collectors.pulls.codecarbon_files import CodeCarbonChoices, read_codecarbon
from collectors.pulls.counters import Point
from collectors.pulls.found import Found, SourceError
from collectors.pulls.meter_columns import MeterChoices
from collectors.pulls.meter_csv import read_meter
from collectors.pulls.nodes import Choices
from collectors.pulls.profiles import PROFILES, read_profile
from collectors.pulls.prometheus import Series
from collectors.pulls.sacct import SacctChoices, read_sacct

READERS: dict[str, tuple[Callable[[Path], Found], bytes]] = {
    "meter": (
        lambda path: read_meter(path, MeterChoices("host", "s")),
        "Début;Fin;kWh\n04/03/2026 09:00;04/03/2026 10:00;1,5\n2026-03-04T10:00Z;2026-03-04T11:00Z;2\n".encode(),
    ),
    "index": (
        lambda path: read_meter(path, MeterChoices("site", "s")),
        b"date,index kwh\n2026-01-01,1\n2026-01-02,2\n9999-12-31,3\n",
    ),
    "months": (
        lambda path: read_meter(path, MeterChoices("site", "s")),
        b"mois;kWh\n01/12/2026;1\n01/01/2027;2\n",
    ),
    "codecarbon": (
        lambda path: read_codecarbon(path, CodeCarbonChoices()),
        b"timestamp,run_id,duration,energy_consumed,pue\n2026-03-04T09:00:00,r,60,0.005,1.0\n",
    ),
    "api": (
        lambda path: read_codecarbon(path, CodeCarbonChoices()),
        b'[{"run_id":"r","timestamp":"2026-03-04T09:00:00","duration":6,"energy_consumed":0.01,"pue":null}]',
    ),
    "carbontracker": (
        lambda path: read_carbontracker(path),
        b"2026-03-04 08:54:32 - CarbonTracker: \nActual consumption for 2 epoch(s):\n\tTime:\t0:00:05\n"
        b"\tEnergy:\t0.0001 kWh\n\tCO2eq:\t0.04 g\nPUE coefficient of 1.58\n",
    ),
    "sacct": (
        lambda path: read_sacct(path, SacctChoices(node_cpus=4)),
        b"JobID|Account|State|Start|End|ElapsedRaw|NCPUS|AllocTRES|ConsumedEnergyRaw\n"
        b"7|a|COMPLETED|2026-03-04T09:00:00|2026-03-04T10:00:00|3600|4|node=1|4.5M\n",
    ),
}  # fmt: skip


def sound(found: Found) -> None:
    """What readers promise of every measure."""
    for measure in found.measures:
        assert measure.slices
        for before, after in zip(measure.slices, measure.slices[1:], strict=False):
            assert before.end <= after.start
        for part in measure.slices:
            assert part.start < part.end
            assert 0 <= part.observed_s <= (part.end - part.start) * (1 + 1e-9)
            for row in part.rows:
                assert 0 <= row.low_kwh <= row.kwh <= row.high_kwh
                assert math.isfinite(row.high_kwh)
    for fault in found.faults:
        assert fault.fr
        assert fault.en
        assert len(fault.value) <= 80


def read(folder: Path, name: str, data: bytes) -> Found | None:
    path = folder / "fichier"
    path.write_bytes(data)
    try:
        return READERS[name][0](path)
    except SourceError:
        return None


@pytest.mark.parametrize("name", READERS)
def test_the_example_is_read(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, READERS[name][1])
    assert found is not None
    assert found.measures
    sound(found)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_random_bytes(tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes) -> None:
    found = read(tmp_path_factory.getbasetemp(), name, data)
    if found is not None:
        sound(found)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_examples_with_a_few_bytes_changed(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    mutated = bytearray(READERS[name][1])
    odd = st.sampled_from(
        [b"\x00", b"\n", b'"', b";", b",", b"|", b"-", b"9", b"e", b"\xff", b"99999999999", b"{", b"nan"]
    )
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(mutated)))
        mutated[at : at + data.draw(st.integers(0, 3))] = data.draw(odd)
    found = read(tmp_path_factory.getbasetemp(), name, bytes(mutated))
    if found is not None:
        sound(found)


NAMES = st.sampled_from([
    "kepler_node_cpu_active_joules_total", "kepler_node_cpu_idle_joules_total", "kepler_pod_cpu_joules_total",
    "kepler_node_package_joules_total", "kepler_container_package_joules_total", "node_rapl_package_joules_total",
    "node_rapl_psys_joules_total", "x", "",
])  # fmt: skip
LABELS = st.dictionaries(
    st.sampled_from(["zone", "path", "node_name", "instance", "mode", "pod_namespace", "chip", "gpu", "UUID", "exe"]),
    st.sampled_from(["", "package", "package-0", "dram", "psys", "idle", "dynamic", "n1", "n2", "courrier", "é\n"]),
    max_size=5,
)  # fmt: skip
VALUES = st.lists(st.tuples(st.integers(0, 200), st.floats(allow_nan=True, allow_infinity=True)), max_size=30)


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=60, deadline=None)
@given(answers=st.lists(st.tuples(NAMES, LABELS, VALUES), max_size=6))
def test_series_of_any_kind(
    profile: str, answers: list[tuple[str, dict[str, str], list[tuple[int, float]]]]
) -> None:
    found = [
        Series({"__name__": name, **labels}, [Point(60.0 * t, value) for t, value in values])
        for name, labels, values in answers
    ]
    choices = Choices(60.0, 300.0, lambda labels: labels.get("namespace") or None)
    sound(read_profile(profile, lambda _query: found, choices))


LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=8)
KEYS = st.sampled_from(["run_id", "id", "timestamp", "duration", "energy_consumed", "items", "pue"])
ANY_JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner), max_leaves=12
)


@settings(max_examples=60, deadline=None)
@given(read=ANY_JSON)
def test_any_json(tmp_path_factory: pytest.TempPathFactory, read: object) -> None:
    path = tmp_path_factory.getbasetemp() / "api.json"
    path.write_text(json.dumps(read))
    with suppress(SourceError):
        sound(read_codecarbon(path, CodeCarbonChoices()))
