"""Processor time by control group, and what a group's path says of itself.

A group keeps the time of its processes after they end: nothing a short process spends is lost while its
group lives, and its parent keeps it after. Version 2 (`cpu.stat`, usage_usec) is read where it is mounted,
hybrid hosts included; else version 1 (`cpuacct.usage`). No privilege is needed.

Every path is taken under a root folder, "/" unless a test gives another.
Kernel documentation: admin-guide/cgroup-v2 (cpu.stat), admin-guide/cgroup-v1/cpuacct.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

MOST_GROUPS = 5000
"""Groups followed at most, the shallowest first: what is deeper counts with its parent."""
LABELS = frozenset(
    {"cgroup", "unit", "slice", "container", "container_id", "pod", "pod_uid", "namespace", "vm"}
)
"""Every label a group's path, and the names of its pod and container, can give (`labels_of`)."""
_RELIST_EVERY = 60
_UNITS = (".service", ".scope")
_HEX_ID = re.compile(r"(?:^|[-/])([0-9a-f]{64})(?:\.scope)?$")
_POD = re.compile(r"(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})(?:\.slice)?$")
_LXC = re.compile(r"^lxc\.payload\.(.+)$")
_QEMU = re.compile(r"^machine-qemu-\d+-(.+)\.scope$")
_NSPAWN = re.compile(r"^machine-(.+)\.scope$")
_CONTAINER_LOG = re.compile(r"^(?P<pod>[^_]+)_(?P<namespace>[^_]+)_(?P<name>.+)-(?P<id>[0-9a-f]{64})\.log$")


class Hierarchy(NamedTuple):
    """Where groups are mounted, and by which version of the interface."""

    mount: Path
    version: Literal[1, 2]


def find_hierarchy(root: Path = Path("/")) -> Hierarchy | None:
    """The mounted hierarchy that counts processor time and has the most top groups, version 2 first.

    On a hybrid host either may be the one its services are in. None when there is none, or when it has no
    group but the root.
    """
    found = [hierarchy for hierarchy in mounted(root) if _top_groups(hierarchy)]
    return max(found, key=lambda h: (_top_groups(h), h.version), default=None)


def group_of(pid: int, version: Literal[1, 2] | None, root: Path = Path("/")) -> str | None:
    """Path of the group of a process in the hierarchy, None when it is gone or not to be read.

    Without a hierarchy (`version` None), the most precise path of all.
    """
    try:
        text = (root / "proc" / str(pid) / "cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    lines = [(number, *rest.split(":", 1)) for number, _, rest in _parted(text) if ":" in rest]
    if version is None:
        return max((path for _, _, path in lines), key=len, default=None)
    for number, controllers, path in lines:
        if (number == "0" and not controllers) if version == 2 else "cpuacct" in controllers.split(","):
            return path
    return None


@dataclass(slots=True)
class Groups:
    """Processor time of each group since the last look, its descendants' not included."""

    hierarchy: Hierarchy
    _children: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    _usage: dict[str, float] | None = None
    _looks: int = 0

    def spent(self) -> dict[str, float]:
        """Seconds by path since the last call, parents first; all 0 at the first.

        A group born since counts from its birth; a group that died leaves its last moments to its parent.
        """
        before, now = self._usage, self._read()
        self._usage = now
        if before is None:
            return dict.fromkeys(now, 0.0)
        steps: dict[str, float] = {}
        for path, usage in now.items():
            seconds = _step(before.get(path), usage)
            # Never more than its parent: a group missed for a while was counted there.
            steps[path] = min(seconds, steps.get(path.rpartition("/")[0], seconds))
        own = dict(steps)
        for path, seconds in steps.items():
            parent = path.rpartition("/")[0]
            if parent in own:
                own[parent] -= seconds
        return {path: max(0.0, seconds) for path, seconds in own.items()}

    def _read(self) -> dict[str, float]:
        relist = self._looks % _RELIST_EVERY == 0
        self._looks += 1
        paths, seen = [""], 0
        while seen < len(paths) <= MOST_GROUPS:
            path = paths[seen]
            seen += 1
            paths += [f"{path}/{name}" for name in self._names(path, relist)]
        wanted = paths[1:MOST_GROUPS]
        self._children = {path: self._children[path] for path in paths[:seen] if path in self._children}
        # Children before their parents: what runs meanwhile counts with the parent, never below zero.
        usage = {path: self._seconds(path) for path in reversed(wanted)}
        return {path: seconds for path in wanted if (seconds := usage[path]) is not None}

    def _names(self, path: str, relist: bool) -> list[str]:
        folder = f"{self.hierarchy.mount}{path}"
        try:
            links = os.stat(folder).st_nlink  # noqa: PTH116 (once a second for every group)
            known = self._children.get(path)
            # The kernel counts the sub-groups of a group in its links: the same number, the same list.
            if known is not None and known[0] == links and links > 1 and not relist:
                return known[1]
            with os.scandir(folder) as entries:
                names = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
        except OSError:
            self._children.pop(path, None)
            return []
        self._children[path] = (links, names)
        return names

    def _seconds(self, path: str) -> float | None:
        return usage_s(f"{self.hierarchy.mount}{path}", self.hierarchy.version)


def labels_of(path: str, names: Names | None = None) -> dict[str, str]:
    """What a group's path says, as labels for rules.

    cgroup, unit and slice (the innermost), container and container_id, pod and pod_uid, namespace, vm. Names
    of pods and containers are not in the path: without `names`, their identifiers stand for them.
    """
    labels = {"cgroup": path or "/"}
    for part in path.split("/"):
        part = _unescaped(part)
        if part.endswith(_UNITS):
            labels["unit"] = part
        elif part.endswith(".slice"):
            labels["slice"] = part
        if pod := _POD.search(part):
            labels["pod"] = labels["pod_uid"] = pod.group(1).replace("_", "-")
        elif identifier := _HEX_ID.search(part):
            labels["container"] = labels["container_id"] = identifier.group(1)
        elif machine := _QEMU.match(part):
            labels["vm"] = machine.group(1)
        elif system := _LXC.match(part) or _NSPAWN.match(part):
            labels["container"] = system.group(1)
    return {**labels, **names.of(labels)} if names else labels


@dataclass(slots=True)
class Names:
    """Names of pods and containers, from the log folders of Kubernetes where they can be listed.

    /var/log/pods holds one folder "namespace_pod_uid" a pod; /var/log/containers one link
    "pod_namespace_container-id.log" a container. Only names are read, never a log.
    """

    root: Path = Path("/")
    _pods: dict[str, tuple[str, str]] = field(default_factory=dict)
    _containers: dict[str, str] = field(default_factory=dict)

    def refresh(self) -> bool:
        """List again; whether anything changed."""
        before = (self._pods, self._containers)
        self._pods, self._containers = {}, {}
        for name in _listed(self.root / "var/log/pods"):
            parts = name.split("_")
            if len(parts) == 3:
                self._pods[parts[2]] = (parts[0], parts[1])
        for name in _listed(self.root / "var/log/containers"):
            if found := _CONTAINER_LOG.match(name):
                self._containers[found["id"]] = found["name"]
        return before != (self._pods, self._containers)

    def of(self, labels: dict[str, str]) -> dict[str, str]:
        """pod, namespace and container by their names, for those known."""
        named: dict[str, str] = {}
        if found := self._pods.get(labels.get("pod_uid", "")):
            named["namespace"], named["pod"] = found
        if container := self._containers.get(labels.get("container_id", "")):
            named["container"] = container
        return named


def _parted(text: str) -> list[tuple[str, str, str]]:
    return [line.partition(":") for line in text.splitlines()]


def mounted(root: Path = Path("/")) -> list[Hierarchy]:
    """Every mounted hierarchy that counts processor time."""
    try:
        lines = (root / "proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        left, _, right = line.partition(" - ")
        fields, kind = left.split(), right.split()
        if len(fields) < 5 or len(kind) < 3:
            continue
        mount = root / fields[4].replace("\\040", " ").lstrip("/")
        if kind[0] == "cgroup2":
            found.append(Hierarchy(mount, 2))
        elif kind[0] == "cgroup" and "cpuacct" in kind[2].split(","):
            found.append(Hierarchy(mount, 1))
    return found


def _top_groups(hierarchy: Hierarchy) -> int:
    try:
        with os.scandir(hierarchy.mount) as entries:
            folders = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return 0
    return sum(usage_s(folder, hierarchy.version) is not None for folder in folders)


def usage_s(folder: str, version: Literal[1, 2]) -> float | None:
    """Processor seconds of a group and its descendants since it was made; None when it can't be read."""
    try:
        with open(f"{folder}/{'cpu.stat' if version == 2 else 'cpuacct.usage'}", "rb") as file:  # noqa: PTH123
            data = file.read(4096)
        if version == 1:
            return int(data) / 1e9
        name, value = data.split(None, 2)[:2]
        return int(value) / 1e6 if name == b"usage_usec" else None
    except (OSError, ValueError):
        return None


def _step(before: float | None, now: float) -> float:
    """Time since; a group born since, or made again under the same name, counts from its birth."""
    return now if before is None or now < before else now - before


def _unescaped(name: str) -> str:
    """A unit's name with systemd's \\xNN for what they stand for."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found.group(1), 16)), name)


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 (names only, nothing is opened)
    except OSError:
        return []
