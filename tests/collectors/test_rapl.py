from __future__ import annotations

from pathlib import Path

import pytest

from collectors.rapl import RaplChannel, find_domains

RANGE = 262_143_328_850


def domain(root: Path, folder: str, name: str, microjoules: int) -> Path:
    path = root / folder
    path.mkdir(parents=True)
    (path / "name").write_text(f"{name}\n", encoding="ascii")
    (path / "energy_uj").write_text(f"{microjoules}\n", encoding="ascii")
    (path / "max_energy_range_uj").write_text(f"{RANGE}\n", encoding="ascii")
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for chip in (0, 1):
        domain(tmp_path, f"intel-rapl:{chip}", f"package-{chip}", 1_000_000)
        domain(tmp_path, f"intel-rapl:{chip}:0", "core", 500_000)
        domain(tmp_path, f"intel-rapl:{chip}:1", "dram", 200_000)
    domain(tmp_path, "intel-rapl:2", "psys", 9_000_000)
    domain(tmp_path, "intel-rapl-mmio:0", "package-0", 1_000_000)
    return tmp_path


def put(root: Path, folder: str, microjoules: int) -> None:
    (root / folder / "energy_uj").write_text(f"{microjoules}\n", encoding="ascii")


def test_packages_and_memory_only_each_once(tree: Path) -> None:
    names = [path.name for path in find_domains(tree)]
    assert names == ["intel-rapl:0", "intel-rapl:0:1", "intel-rapl:1", "intel-rapl:1:1"]


def test_energy_since_opened(tree: Path) -> None:
    channel = RaplChannel(tree)
    assert channel.active
    assert channel.reason is None
    assert channel.cumulative_kwh() == 0.0
    put(tree, "intel-rapl:0", 1_000_000 + 3_600_000_000)  # 3.6 kJ = 1 Wh
    put(tree, "intel-rapl:1:1", 200_000 + 1_800_000_000)
    put(tree, "intel-rapl:0:0", 99_000_000_000)  # a part of the package
    put(tree, "intel-rapl:2", 99_000_000_000)  # the platform contains it
    assert channel.cumulative_kwh() == pytest.approx(1.5e-3)


def test_a_counter_wraps(tree: Path) -> None:
    put(tree, "intel-rapl:0", RANGE - 1_000_000)
    channel = RaplChannel(tree)
    put(tree, "intel-rapl:0", 2_600_000)
    assert channel.cumulative_kwh() == pytest.approx(3_600_000 / 3.6e12)
    put(tree, "intel-rapl:0", 6_200_000)
    assert channel.cumulative_kwh() == pytest.approx(7_200_000 / 3.6e12)


def test_absent(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        channel = RaplChannel(root)
        assert not channel.active
        assert channel.cumulative_kwh() is None
        assert channel.reason is not None
        assert channel.reason.code == "rapl_absent"


def test_root_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_text

    def guarded(self: Path, **options: str) -> str:
        if self.name == "energy_uj":
            raise PermissionError(13, "Permission denied")
        return read(self, **options)

    monkeypatch.setattr(Path, "read_text", guarded)
    channel = RaplChannel(tree)
    assert not channel.active
    assert channel.reason is not None
    assert channel.reason.code == "rapl_interdit"


def test_a_counter_that_disappears_ends_the_channel(tree: Path) -> None:
    channel = RaplChannel(tree)
    (tree / "intel-rapl:1" / "energy_uj").unlink()
    assert channel.cumulative_kwh() is None
    assert not channel.active
    assert channel.reason is not None
    assert channel.reason.code == "rapl_illisible"
