"""RAPL on simulated sysfs powercap trees."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.rapl import RaplChannel, find_domains

RANGE = 262_143_328_850
J = 1_000_000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def domain(root: Path, folder: str, name: str, microjoules: int) -> Path:
    path = root / folder
    path.mkdir(parents=True)
    (path / "name").write_text(f"{name}\n", encoding="ascii")
    (path / "energy_uj").write_text(f"{microjoules}\n", encoding="ascii")
    (path / "max_energy_range_uj").write_text(f"{RANGE}\n", encoding="ascii")
    return path


def put(root: Path, folder: str, microjoules: int) -> None:
    (root / folder / "energy_uj").write_text(f"{microjoules}\n", encoding="ascii")


def joules(channel: RaplChannel) -> float | None:
    kwh = channel.cumulative_kwh()
    return None if kwh is None else round(kwh * 3.6e6, 6)


def code(channel: RaplChannel) -> str | None:
    return channel.reason.code if channel.reason else None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A server of two sockets: packages, their parts and memory, the platform, one package seen twice."""
    for chip in (0, 1):
        domain(tmp_path, f"intel-rapl:{chip}", f"package-{chip}", 1_000_000)
        domain(tmp_path, f"intel-rapl:{chip}:0", "core", 500_000)
        domain(tmp_path, f"intel-rapl:{chip}:1", "dram", 200_000)
    domain(tmp_path, "intel-rapl:2", "psys", 9_000_000)
    domain(tmp_path, "intel-rapl-mmio:0", "package-0", 1_000_000)
    (tmp_path / "intel-rapl").mkdir()
    return tmp_path


def test_packages_and_memory_only_each_once(tree: Path) -> None:
    found = find_domains(tree)
    assert [one.folder.name for one in found] == [
        "intel-rapl:0", "intel-rapl:0:1", "intel-rapl:1", "intel-rapl:1:1",
    ]  # fmt: skip
    assert [one.label for one in found] == ["package-0", "package-0/dram", "package-1", "package-1/dram"]


def test_energy_since_opened(tree: Path, clock: Clock) -> None:
    channel = RaplChannel(tree, clock)
    assert channel.active
    assert channel.reason is None
    assert channel.cumulative_kwh() == 0.0
    clock.now = 1.0
    put(tree, "intel-rapl:0", 1_000_000 + 3_600_000_000)  # 3.6 kJ = 1 Wh
    put(tree, "intel-rapl:1:1", 200_000 + 1_800_000_000)
    put(tree, "intel-rapl:0:0", 99_000_000_000)  # a part of the package
    put(tree, "intel-rapl:2", 99_000_000_000)  # the platform contains it
    put(tree, "intel-rapl-mmio:0", 99_000_000_000)  # the same package
    assert channel.cumulative_kwh() == pytest.approx(1.5e-3)


def test_amd_two_packages_without_memory(tmp_path: Path, clock: Clock) -> None:
    for chip in (0, 1):
        domain(tmp_path, f"intel-rapl:{chip}", f"package-{chip}", 0)
        domain(tmp_path, f"intel-rapl:{chip}:0", "core", 0)
    channel = RaplChannel(tmp_path, clock)
    clock.now = 1.0
    for folder, spent in (("intel-rapl:0", 200), ("intel-rapl:1", 100), ("intel-rapl:0:0", 150)):
        put(tmp_path, folder, spent * J)
    assert channel.domains == ("package-0", "package-1")
    assert joules(channel) == 300.0


def test_dies_are_domains_and_a_doubled_zone_counts_once(tmp_path: Path, clock: Clock) -> None:
    for i, name in enumerate(("package-0-die-0", "package-0-die-1", "package-0-die-0")):
        domain(tmp_path, f"intel-rapl:{i}", name, 0)
    channel = RaplChannel(tmp_path, clock)
    clock.now = 1.0
    for i in range(3):
        put(tmp_path, f"intel-rapl:{i}", 10 * J)
    assert joules(channel) == 20.0


def test_the_other_way_when_it_is_the_only_one(tmp_path: Path) -> None:
    domain(tmp_path, "intel-rapl-mmio:0", "package-0", 0)
    assert RaplChannel(tmp_path).domains == ("package-0",)


def test_a_counter_wraps(tree: Path, clock: Clock) -> None:
    put(tree, "intel-rapl:0", RANGE - 1_000_000)
    channel = RaplChannel(tree, clock)
    clock.now = 1.0
    put(tree, "intel-rapl:0", 2_600_000)
    assert channel.cumulative_kwh() == pytest.approx(3_600_000 / 3.6e12)
    clock.now = 2.0
    put(tree, "intel-rapl:0", 6_200_000)
    assert channel.cumulative_kwh() == pytest.approx(7_200_000 / 3.6e12)


@pytest.mark.parametrize("after", [0, 100_000 * J])
def test_a_reset_is_not_a_wrap(tree: Path, clock: Clock, after: int) -> None:
    put(tree, "intel-rapl:0", 50_000 * J if after == 0 else 0)
    channel = RaplChannel(tree, clock)
    clock.now = 1.0
    put(tree, "intel-rapl:1", 1 * J + 80 * J)
    put(tree, "intel-rapl:0", after)  # 212 kJ "spent" in a second, or 100 kJ: neither can be
    assert joules(channel) is None
    assert code(channel) == "rapl_remis"
    assert "package-0" in (channel.reason.fr if channel.reason else "")
    clock.now = 2.0
    put(tree, "intel-rapl:0", after + 90 * J)
    # Nothing of the doubtful interval, not even the other package's part.
    assert joules(channel) == 90.0


def test_too_long_to_know_how_often_it_wrapped(tree: Path, clock: Clock) -> None:
    channel = RaplChannel(tree, clock)
    clock.now = 600.0
    put(tree, "intel-rapl:0", 500 * J)
    assert (joules(channel), code(channel)) == (None, "rapl_intervalle_long")
    clock.now = 601.0
    put(tree, "intel-rapl:0", 600 * J)
    assert joules(channel) == 100.0


@settings(max_examples=30)
@given(
    steps=st.lists(st.tuples(st.floats(0.5, 60), st.floats(0, 1000)), max_size=20),
    start=st.integers(0, RANGE),
)
def test_wraps_never_lose_energy(
    steps: list[tuple[float, float]], start: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root, clock = tmp_path_factory.mktemp("powercap"), Clock()
    domain(root, "intel-rapl:0", "package-0", start)
    channel = RaplChannel(root, clock)
    spent = 0
    for seconds, watts in steps:
        clock.now += seconds
        spent += int(watts * seconds * J)
        put(root, "intel-rapl:0", (start + spent) % RANGE)
        assert channel.cumulative_kwh() == pytest.approx(spent / 3.6e12)


def test_absent(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        channel = RaplChannel(root)
        assert not channel.active
        assert channel.cumulative_kwh() is None
        assert code(channel) == "rapl_absent"


def forbid(monkeypatch: pytest.MonkeyPatch, *folders: str) -> None:
    read = Path.read_text

    def guarded(self: Path, **options: str) -> str:
        if self.name == "energy_uj" and (not folders or self.parent.name in folders):
            raise PermissionError(13, "Permission denied")
        return read(self, **options)

    monkeypatch.setattr(Path, "read_text", guarded)


def test_root_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
    channel = RaplChannel(tree)
    assert not channel.active
    assert code(channel) == "rapl_interdit"
    assert "(package-0, package-0/dram, package-1, package-1/dram)" in (channel.reason or ("",) * 3)[1]


def test_one_package_forbidden_is_no_host(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch, "intel-rapl:1")
    channel = RaplChannel(tree)
    assert not channel.active
    assert "(package-1)" in (channel.reason or ("",) * 3)[1]


def test_memory_forbidden_leaves_the_packages_and_says_so(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid(monkeypatch, "intel-rapl:0:1", "intel-rapl:1:1")
    channel = RaplChannel(tree)
    assert channel.domains == ("package-0", "package-1")
    assert "(package-0/dram, package-1/dram)" in (channel.reason or ("",) * 3)[1]


def test_a_counter_that_disappears_ends_the_channel(tree: Path, clock: Clock) -> None:
    channel = RaplChannel(tree, clock)
    (tree / "intel-rapl:1" / "energy_uj").unlink()
    assert channel.cumulative_kwh() is None
    assert not channel.active
    assert code(channel) == "rapl_illisible"


def test_a_package_offline_then_back(tree: Path, clock: Clock) -> None:
    channel = RaplChannel(tree, clock)
    kept = tree.parent / "kept"
    for folder in ("intel-rapl:1", "intel-rapl:1:1"):
        shutil.move(tree / folder, kept / folder)
    clock.now = 1.0
    put(tree, "intel-rapl:0", 1 * J + 50 * J)
    assert joules(channel) == 50.0
    assert code(channel) == "rapl_hors_ligne"
    for folder in ("intel-rapl:1", "intel-rapl:1:1"):
        shutil.move(kept / folder, tree / folder)
    put(tree, "intel-rapl:1", 7_000 * J)
    clock.now = 2.0
    assert joules(channel) == 50.0  # its origin
    put(tree, "intel-rapl:1", 7_030 * J)
    clock.now = 3.0
    assert joules(channel) == 80.0
    shutil.rmtree(tree)
    assert (joules(channel), code(channel)) == (None, "rapl_illisible")
