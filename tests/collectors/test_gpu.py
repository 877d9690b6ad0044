from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.gpu import RULE_BOUNDS, SENSOR_HIGH, SharedGpu, Tenancy, rule_notice, share_of

US, OTHER = frozenset({1, 2}), frozenset({9})


class Lock:
    def __init__(self, mine: bool = True) -> None:
        self.mine, self.asked = mine, 0

    def acquire(self) -> bool:
        self.asked += 1
        return self.mine


@pytest.mark.parametrize(
    ("who", "declared", "mine", "rule", "kwh"),
    [
        (Tenancy(US, slices=3 / 7), 0.1, True, "mig_slices", 7 * 3 / 7),
        (Tenancy(US, US), 0.1, True, "sole_tenant", 7.0),
        (Tenancy(US, frozenset({1})), None, True, "sole_tenant", 7.0),
        (Tenancy(US, US | OTHER, {1: 30.0, 9: 10.0}), 0.1, True, "process_accounting", 2 * 2 / 3 + 5 * 0.75),
        (Tenancy(US, US | OTHER, {}), None, True, "process_accounting", 7 * 2 / 3),
        # Seen in the samples though it has left since: still somebody else's part.
        (Tenancy(US, US, {1: 10.0, 9: 10.0}), None, True, "process_accounting", 2 * 2 / 3 + 5 / 2),
        (Tenancy(US, OTHER, {9: 50.0}), None, True, "absent", 0.0),
        (Tenancy(US, frozenset()), None, True, "absent", 0.0),
        (Tenancy(US, frozenset()), 0.5, True, "absent", 1.0),
        (Tenancy(US, US | OTHER), 0.25, True, "declared_share", 1.75),
        (Tenancy(), 0.25, True, "declared_share", 1.75),
        (Tenancy(), None, True, "lock_holder", 7.0),
        (Tenancy(US, US | OTHER), None, False, "not_holder", 0.0),
    ],
)
def test_the_first_rule_that_applies(
    who: Tenancy, declared: float | None, mine: bool, rule: str, kwh: float
) -> None:
    lock = Lock(mine)
    share = share_of(7.0, 2.0, who, declared, lock)
    assert (share.rule, share.kwh) == (rule, pytest.approx(kwh))
    assert lock.asked == (rule in ("lock_holder", "not_holder"))


@given(
    kwh=st.floats(0, 1e3), idle=st.floats(0, 1e3), slices=st.none() | st.floats(0, 1),
    ours=st.frozensets(st.integers(1, 5)), present=st.none() | st.frozensets(st.integers(1, 9)),
    activity=st.none() | st.dictionaries(st.integers(1, 9), st.floats(0, 100)),
    declared=st.none() | st.floats(0, 1), mine=st.booleans(),
)  # fmt: skip
def test_a_share_is_a_part_of_the_whole(
    kwh: float, idle: float, slices: float | None, ours: frozenset[int], present: frozenset[int] | None,
    activity: dict[int, float] | None, declared: float | None, mine: bool,
) -> None:  # fmt: skip
    share = share_of(kwh, idle, Tenancy(ours, present, activity, slices), declared, Lock(mine))
    assert 0.0 <= share.low_kwh <= share.kwh <= share.high_kwh <= kwh * SENSOR_HIGH + 1e-9
    assert share.kwh <= kwh * (1 + 1e-12)
    assert share.rule in RULE_BOUNDS


@given(
    owners=st.dictionaries(st.integers(1, 9), st.sampled_from("ab"), min_size=1),
    activity=st.dictionaries(st.integers(1, 9), st.floats(0, 100)),
)
def test_accounting_shares_everything_once(owners: dict[int, str], activity: dict[int, float]) -> None:
    present = frozenset(owners)
    activity = {pid: sm for pid, sm in activity.items() if pid in present}
    runs = [frozenset(p for p, o in owners.items() if o == owner) for owner in "ab"]
    shares = [share_of(5.0, 2.0, Tenancy(run, present, activity), None, Lock()) for run in runs]
    assert sum(share.kwh for share in shares) == pytest.approx(5.0)


class Counter:
    name = "codecarbon"
    kwh: float | None = None

    def gpu_kwh(self) -> float | None:
        return self.kwh


def test_a_counter_without_processes_goes_by_declaration_or_lock() -> None:
    counter = Counter()
    declared, locked = SharedGpu(counter, 0.25, Lock(False)), SharedGpu(counter, None, Lock())
    assert declared.gpu_reading([1]) is None
    for counter.kwh in (5.0, 6.0, 8.0):
        readings = [gpu.gpu_reading([1]) for gpu in (declared, locked)]
    assert readings[0] == (0.75, 3.0, 0.375, 1.125, "declared_share")
    assert readings[1] == (3.0, 3.0, 0.75, pytest.approx(3.3), "lock_holder")
    host = SharedGpu(counter, 0.25, Lock())
    host.gpu_reading(None)
    counter.kwh = 9.0
    assert host.gpu_reading(None) == (1.0, 1.0, 0.9, 1.1, "whole_host")
    assert host.host_kwh() == 1.0


def test_shares_that_are_not_measures_say_so() -> None:
    told = {rule for rule in RULE_BOUNDS if rule_notice(rule)}
    assert told == set(RULE_BOUNDS) - {"whole_host", "sole_tenant", "absent"}
    notice = rule_notice("not_holder")
    assert notice is not None
    assert notice.code == "gpu_not_holder"
