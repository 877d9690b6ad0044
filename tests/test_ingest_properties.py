"""Whatever is done to a spool file: no exception, and no energy from nowhere."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.spool import SpoolLog, parse_spool
from footprint.records.quarantine import REASONS, Unusable
from footprint.records.rows import Rows, rows_of
from tests.spool_files import STEP_KWH, content, run_lines

GOOD = content(run_lines("r1", 12))
MUTATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), st.integers(0, len(GOOD) - 1), st.integers(0, 7)),
        st.tuples(st.just("cut"), st.integers(0, len(GOOD) - 1), st.integers(1, 300)),
        st.tuples(st.just("swap"), st.integers(0, 14), st.integers(0, 14)),
        st.tuples(st.just("again"), st.integers(0, 14), st.integers(0, 14)),
        st.tuples(st.just("noise"), st.integers(0, len(GOOD) - 1), st.integers(0, 2**32 - 1)),
    ),
    max_size=8,
)


def mutated(data: bytes, changes: list[tuple[str, int, int]]) -> bytes:
    for what, at, how in changes:
        if what in ("swap", "again"):
            lines = data.splitlines(keepends=True)
            if max(at, how) < len(lines):
                if what == "swap":
                    lines[at], lines[how] = lines[how], lines[at]
                else:
                    lines.insert(at, lines[how])
            data = b"".join(lines)
        elif what == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << how)]) + data[at + 1 :]
        elif what == "cut":
            data = data[:at] + data[at + how :]
        elif what == "noise":
            data = data[:at] + how.to_bytes(4, "big") + data[at:]
    return data


def usable(log: SpoolLog) -> Rows | None:
    """The rows of a record, None when it is refused for a reason that has its words."""
    try:
        return rows_of(log, "r1")
    except Unusable as bad:
        _ = REASONS[bad.reason]
        return None


@settings(max_examples=300, deadline=None)
@given(MUTATIONS)
def test_mutations_never_raise_and_never_make_power(changes: list[tuple[str, int, int]]) -> None:
    """Whatever the damage: rows that add up to the last good sample, within what a machine can draw."""
    log = parse_spool(mutated(GOOD, changes))
    rows = usable(log)
    if rows is None:
        return
    total = sum(hour.energy_kwh for hour in rows.hours if hour.run_id == "r1")
    assert 0 <= total <= 100.0 * (log.samples[-1]["seconds"] + 600.0 * len(log.samples)) / 3600.0
    assert all(hour.seconds >= 0 and hour.energy_kwh >= 0 for hour in rows.hours)
    assert all(hour.low_kwh <= hour.energy_kwh * 1.000002 + 1e-9 for hour in rows.hours)
    assert len({(h.run_id, h.hour, h.component, h.channel, h.tier) for h in rows.hours}) == len(rows.hours)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 14), max_size=10),
    st.permutations(range(15)),
    st.integers(0, len(GOOD)),
)
def test_lines_lost_moved_or_repeated_never_add_energy(
    repeated: list[int], order: list[int], cut: int
) -> None:
    """No line altered: the energy is at most the original's, whatever their order, number or end."""
    lines = GOOD.splitlines(keepends=True)
    shuffled = [lines[i] for i in (*order, *repeated)]
    for data in (
        b"".join(shuffled),
        GOOD[:cut],
        b"".join(lines[i % 15] for i in sorted((*order, *repeated))),
    ):
        log = parse_spool(data)
        rows = usable(log)
        assert rows is None or sum(hour.energy_kwh for hour in rows.hours) <= 12 * STEP_KWH * (1 + 1e-12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
), st.sampled_from([
    (0, "start"), (0, "subject"), (0, "application"), (0, "inside"), (0, "requests"), (0, "source"), (0, "zone"),
    (1, "threads"), (1, "zone"), (1, "pue"), (1, "factor"), (1, "near"), (1, "host_id"), (4, "t"), (4, "seconds"),
    (4, "cpu_s"), (4, "energy"), (4, "apps"), (4, "utilisation"), (-1, "reason"), (-1, "channels"),
]))  # fmt: skip
def test_any_value_anywhere(value: Any, place: tuple[int, str]) -> None:
    lines = run_lines("r1")
    lines[place[0]] |= {place[1]: value}
    log = parse_spool(content(lines))
    rows = usable(log)
    if rows is None:
        return
    assert sum(hour.energy_kwh for hour in rows.hours) <= 6 * STEP_KWH * (1 + 1e-12) or place[1] == "energy"
