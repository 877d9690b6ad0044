from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import cgroups
from collectors.cgroups import LABELS, Groups, Hierarchy, Names, find_hierarchy, group_of, labels_of

ID = "4f2a" + "0" * 60
UID = "0a1b2c3d-1111-2222-3333-444455556666"
V2 = "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"
HYBRID = (
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"
)


def mounts(root: Path, text: str) -> None:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/mountinfo").write_text(text)


def use(mount: Path, path: str, seconds: float, version: int = 2) -> None:
    folder = mount / path.lstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    if version == 2:
        text = f"usage_usec {round(seconds * 1e6)}\nuser_usec 0\n"
        (folder / "cpu.stat").write_text(text)
    else:
        (folder / "cpuacct.usage").write_text(f"{round(seconds * 1e9)}\n")


def test_version_two(tmp_path: Path) -> None:
    mounts(tmp_path, V2)
    assert find_hierarchy(tmp_path) is None  # no group but the root
    use(tmp_path / "sys/fs/cgroup", "system.slice", 1.0)
    assert find_hierarchy(tmp_path) == Hierarchy(tmp_path / "sys/fs/cgroup", 2)


def test_a_hybrid_host_counts_where_its_groups_are(tmp_path: Path) -> None:
    mounts(tmp_path, HYBRID)
    old, new = tmp_path / "sys/fs/cgroup/cpu,cpuacct", tmp_path / "sys/fs/cgroup/unified"
    use(new, "init.scope", 1.0)
    assert find_hierarchy(tmp_path) == Hierarchy(new, 2)
    use(old, "docker", 1.0, version=1)
    assert find_hierarchy(tmp_path) == Hierarchy(new, 2)  # as many: version 2
    use(old, "system.slice", 1.0, version=1)
    assert find_hierarchy(tmp_path) == Hierarchy(old, 1)


def test_without_groups(tmp_path: Path) -> None:
    assert find_hierarchy(tmp_path) is None
    mounts(tmp_path, "nonsense\n\n31 23 - cgroup2")
    assert find_hierarchy(tmp_path) is None


@pytest.mark.parametrize("version", [1, 2])
def test_time_of_each_group_without_its_own_groups(tmp_path: Path, version: int) -> None:
    use(tmp_path, "a", 10.0, version)
    use(tmp_path, "a/b", 4.0, version)
    groups = Groups(Hierarchy(tmp_path, version))  # type: ignore[arg-type]
    assert groups.spent() == {"/a": 0.0, "/a/b": 0.0}
    use(tmp_path, "a", 15.0, version)
    use(tmp_path, "a/b", 7.0, version)
    assert groups.spent() == pytest.approx({"/a": 2.0, "/a/b": 3.0})


def test_a_group_born_since_counts_from_its_birth(tmp_path: Path) -> None:
    use(tmp_path, "a", 10.0)
    groups = Groups(Hierarchy(tmp_path, 2))
    groups.spent()
    use(tmp_path, "a", 12.0)
    use(tmp_path, "a/new", 1.5)
    assert groups.spent() == pytest.approx({"/a": 0.5, "/a/new": 1.5})


def test_a_group_made_again_counts_from_its_birth(tmp_path: Path) -> None:
    use(tmp_path, "a.service", 10.0)
    groups = Groups(Hierarchy(tmp_path, 2))
    groups.spent()
    use(tmp_path, "a.service", 0.25)
    assert groups.spent() == pytest.approx({"/a.service": 0.25})


def test_the_last_moments_of_a_group_stay_with_its_parent(tmp_path: Path) -> None:
    use(tmp_path, "a", 10.0)
    use(tmp_path, "a/b", 4.0)
    groups = Groups(Hierarchy(tmp_path, 2))
    groups.spent()
    shutil.rmtree(tmp_path / "a/b")
    use(tmp_path, "a", 13.0)
    assert groups.spent() == pytest.approx({"/a": 3.0})


def test_a_group_that_was_missed_takes_no_more_than_its_parent(tmp_path: Path) -> None:
    use(tmp_path, "a", 10.0)
    groups = Groups(Hierarchy(tmp_path, 2))
    groups.spent()
    use(tmp_path, "a", 11.0)
    use(tmp_path, "a/b", 6.0)
    assert groups.spent() == pytest.approx({"/a": 0.0, "/a/b": 1.0})


def test_no_more_groups_than_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "MOST_GROUPS", 5)
    for number in range(9):
        use(tmp_path, f"g{number}/deep", 1.0)
    found = Groups(Hierarchy(tmp_path, 2)).spent()
    assert len(found) <= 5
    assert not any("deep" in path for path in found)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.floats(0, 5), min_size=4, max_size=4), min_size=1, max_size=8))
def test_groups_sum_to_the_top(tmp_path_factory: pytest.TempPathFactory, steps: list[list[float]]) -> None:
    mount = tmp_path_factory.mktemp("groups")
    total = dict.fromkeys(["/a", "/a/b", "/a/b/c", "/a/d"], 0.0)

    def write() -> None:
        for path in total:
            use(mount, path, sum(s for name, s in total.items() if f"{name}/".startswith(f"{path}/")))

    write()
    groups = Groups(Hierarchy(mount, 2))
    groups.spent()
    for step in steps:
        for path, seconds in zip(total, step, strict=True):
            total[path] += seconds
        write()
        assert groups.spent() == pytest.approx(dict(zip(total, step, strict=True)), abs=1e-5)


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("/system.slice/erp.service", {"slice": "system.slice", "unit": "erp.service"}),
        (
            "/user.slice/user-1.slice/user@1.service/app.slice/x.scope",
            {"slice": "app.slice", "unit": "x.scope"},
        ),
        (
            f"/system.slice/docker-{ID}.scope",
            {"slice": "system.slice", "unit": f"docker-{ID}.scope", "container": ID, "container_id": ID},
        ),
        (f"/docker/{ID}", {"container": ID, "container_id": ID}),
        (
            f"/kubepods/burstable/pod{UID}/{ID}",
            {"pod": UID, "pod_uid": UID, "container": ID, "container_id": ID},
        ),
        (
            f"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod{UID.replace('-', '_')}.slice",
            {"slice": f"kubepods-besteffort-pod{UID.replace('-', '_')}.slice", "pod": UID, "pod_uid": UID},
        ),
        (
            "/machine.slice/machine-qemu\\x2d3\\x2dsrv\\x2dpaie.scope/libvirt",
            {"slice": "machine.slice", "unit": "machine-qemu-3-srv-paie.scope", "vm": "srv-paie"},
        ),
        ("/lxc.payload.intranet", {"container": "intranet"}),
        ("/machine.slice/machine-web.scope", {"slice": "machine.slice", "unit": "machine-web.scope",
                                              "container": "web"}),
        ("", {}),
    ],
)  # fmt: skip
def test_what_a_path_says(path: str, labels: dict[str, str]) -> None:
    assert labels_of(path).keys() <= LABELS
    assert labels_of(path) == {"cgroup": path or "/", **labels}


def test_names_of_pods_and_containers(tmp_path: Path) -> None:
    path = f"/kubepods/pod{UID}/{ID}"
    names = Names(tmp_path)
    assert names.refresh() is False
    assert labels_of(path, names)["pod"] == UID
    (tmp_path / f"var/log/pods/courrier_tri-7d9_{UID}").mkdir(parents=True)
    (tmp_path / "var/log/containers").mkdir()
    (tmp_path / f"var/log/containers/tri-7d9_courrier_tri-{ID}.log").touch()
    (tmp_path / "var/log/containers/nonsense.log").touch()
    assert names.refresh() is True
    assert names.refresh() is False
    labels = labels_of(path, names)
    assert (labels["namespace"], labels["pod"], labels["container"]) == ("courrier", "tri-7d9", "tri")
    assert (labels["pod_uid"], labels["container_id"]) == (UID, ID)


def test_group_of_a_process(tmp_path: Path) -> None:
    folder = tmp_path / "proc/7"
    folder.mkdir(parents=True)
    (folder / "cgroup").write_text(
        "9:name=systemd:/x\n4:cpu,cpuacct:/docker/abc\n0::/system.slice/a:b.service\n"
    )
    assert group_of(7, 2, tmp_path) == "/system.slice/a:b.service"
    assert group_of(7, 1, tmp_path) == "/docker/abc"
    assert group_of(7, None, tmp_path) == "/system.slice/a:b.service"
    assert group_of(8, 2, tmp_path) is None
