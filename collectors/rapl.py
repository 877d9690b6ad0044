"""RAPL: energy counters of the processor packages and their memory, from Linux's powercap tree.

Which domains are summed (Linux, Documentation/power/powercap and drivers/powercap/intel_rapl_common.c):

    package-N, package-N-die-M   counted; several sockets or dies are several domains
    dram                         counted: shown below a package, but its energy is not in the package's
    core, uncore                 parts of the package: never added
    psys                         the platform, package included: never added
    intel-rapl-mmio:…            the same packages by another way: only when the first way shows none

AMD's packages are in the same tree ("intel-rapl:0" too) and have no dram domain; the older `amd_energy`
of hwmon is not read. Counters wrap at `max_energy_range_uj`. Since 2020 the files are readable by root
only, unless an administrator opened them: the reason they cannot be used is kept.

A step that no processor could have spent is a reset (suspend, driver reloaded): it is dropped, never
added, and the channel gives nothing for that interval, which the next best channel covers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from collectors.records import Notice, Tier

DEFAULT_ROOT = Path("/sys/class/powercap")
MAX_W = 10_000.0
"""A step that implies more than this for one domain is a fault of the counter (own rule)."""
SURE_W = 2_000.0
"""No package draws more: over a time in which this power fills the counter, it may have wrapped twice
without being seen (own rule)."""
_MICROJOULES_PER_KWH = 3.6e12
_MICROJOULES_PER_J = 1e6


@dataclass(slots=True)
class Domain:
    """A counter: its folder, its label ("package-0", "package-0/dram"), its range and last value in µJ.

    `last_uj` is None while the domain is not in the tree (its processors are offline).
    """

    folder: Path
    label: str
    range_uj: int = 0
    last_uj: int | None = None

    @property
    def memory(self) -> bool:
        """Whether it counts memory, not a package."""
        return self.label.endswith("/dram")

    def open(self) -> None:
        """Read the range and the origin. Raises OSError, ValueError."""
        self.range_uj = _integer(self.folder / "max_energy_range_uj")
        self.last_uj = _integer(self.folder / "energy_uj")


class RaplChannel:
    """Cumulative energy of packages and memory since the channel was opened; tier "sensor"."""

    name = "rapl"
    tier: Tier = "sensor"
    bounds = (0.9, 1.1)
    """90 % interval of an on-board counter (M7)."""

    def __init__(self, root: Path = DEFAULT_ROOT, clock: Callable[[], float] = time.monotonic) -> None:
        """Look for readable domains under `root`; `reason` says why there is none. `clock` in s."""
        self.reason: Notice | None = None
        self._clock = clock
        self._at = clock()
        self._domains: list[Domain] = []
        self._spent_uj = 0
        self._open(root)

    @property
    def active(self) -> bool:
        """Whether at least one domain is being read."""
        return any(domain.last_uj is not None for domain in self._domains)

    @property
    def domains(self) -> tuple[str, ...]:
        """Labels of the domains read, memory included."""
        return tuple(domain.label for domain in self._domains)

    def cumulative_kwh(self) -> float | None:
        """kWh since opened; None when the counters cannot be read, or not trusted since last read."""
        if not self.active:
            return None
        now = self._clock()
        seconds, self._at = max(0.0, now - self._at), now
        try:
            steps = [self._step(domain, seconds) for domain in self._domains]
        except (OSError, ValueError):
            self._domains.clear()
            self.reason = _lost()
            return None
        if all(domain.last_uj is None for domain in self._domains):
            self._domains.clear()
            self.reason = _lost()
            return None
        # One domain in doubt and the sum is not the host's: none of this interval is counted.
        trusted = [step for step in steps if step is not None]
        if len(trusted) < len(steps):
            return None
        self._spent_uj += sum(trusted)
        return self._spent_uj / _MICROJOULES_PER_KWH

    def _step(self, domain: Domain, seconds: float) -> int | None:
        """µJ since last read, None when it cannot be trusted. Raises OSError, ValueError.

        A folder that left the tree is a package gone offline: nothing, until it comes back.
        """
        if domain.last_uj is None or not domain.folder.is_dir():
            returned, domain.last_uj = domain.folder.is_dir(), None
            if returned:
                domain.open()
            else:
                self.reason = _offline(domain.label)
            return 0
        now, before = _integer(domain.folder / "energy_uj"), domain.last_uj
        domain.last_uj = now
        if seconds * SURE_W * _MICROJOULES_PER_J > domain.range_uj:
            self.reason = _too_long()
            return None
        step = now - before if now >= before else now - before + domain.range_uj
        # The counter and the clock are not read at the same instant: judge over a second at least.
        if not 0 <= step <= MAX_W * _MICROJOULES_PER_J * max(1.0, seconds):
            self.reason = _reset(domain.label)
            return None
        return step

    def _open(self, root: Path) -> None:
        found = find_domains(root)
        if not found:
            self.reason = _absent()
        unreadable: list[Domain] = []
        forbidden = False
        for domain in found:
            try:
                domain.open()
                self._domains.append(domain)
            except (OSError, ValueError) as error:
                unreadable.append(domain)
                forbidden = forbidden or isinstance(error, PermissionError)
        if unreadable:
            labels = ", ".join(domain.label for domain in unreadable)
            self.reason = _forbidden(labels) if forbidden else _unreadable(labels)
        # Part of the packages is not the host; packages without their memory are, and it is said.
        if any(not domain.memory for domain in unreadable):
            self._domains.clear()


def find_domains(root: Path) -> list[Domain]:
    """Package and memory domains under a powercap tree, each once, in order; nothing is opened."""
    if not root.is_dir():
        return []
    for pattern in ("*-rapl:*", "*-rapl-mmio:*"):
        found: dict[str, Domain] = {}
        for folder in sorted(root.glob(pattern)):
            label = _label(folder)
            if label is not None:
                found.setdefault(label, Domain(folder, label))
        if found:
            return list(found.values())
    return []


def _label(folder: Path) -> str | None:
    """Label of a domain to be counted, None for the others."""
    name = _name(folder)
    if name is None or name.startswith("package"):
        return name
    if name != "dram":
        return None
    # "intel-rapl:0:1" is below "intel-rapl:0"; in the class folder both are side by side.
    parent = folder.with_name(folder.name.rpartition(":")[0])
    return f"{_name(parent) or parent.name}/dram"


def _name(folder: Path) -> str | None:
    try:
        return (folder / "name").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None


def _integer(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))


def _absent() -> Notice:
    return Notice(
        "rapl_absent",
        "RAPL n'existe pas ici (machine virtuelle, conteneur ou processeur sans compteur).",
        "This machine has no RAPL (virtual machine, container, or processor without counters).",
    )


def _forbidden(labels: str) -> Notice:
    return Notice(
        "rapl_interdit",
        f"Des compteurs RAPL ne sont lisibles que par root ({labels}) ; un administrateur peut les ouvrir "
        "(chmod o+r sur energy_uj).",
        f"RAPL counters that only root may read ({labels}); an administrator can open them "
        "(chmod o+r energy_uj).",
    )


def _unreadable(labels: str) -> Notice:
    return Notice(
        "rapl_illisible",
        f"Des compteurs RAPL ne sont pas lisibles ({labels}).",
        f"RAPL counters that cannot be read ({labels}).",
    )


def _lost() -> Notice:
    return Notice(
        "rapl_illisible",
        "Un compteur RAPL a cessé d'être lisible ; le canal est abandonné.",
        "A RAPL counter became unreadable; the channel is dropped.",
    )


def _offline(label: str) -> Notice:
    return Notice(
        "rapl_hors_ligne",
        f"Le domaine RAPL {label} a quitté le système (processeurs hors ligne) ; les autres sont comptés.",
        f"RAPL domain {label} left the system (processors offline); the others are counted.",
    )


def _reset(label: str) -> Notice:
    return Notice(
        "rapl_remis",
        f"Le compteur RAPL {label} a sauté (mise en veille, pilote rechargé) ; un autre canal couvre ce temps.",
        f"RAPL counter {label} jumped (suspend, driver reloaded); another channel covers that time.",
    )


def _too_long() -> Notice:
    return Notice(
        "rapl_intervalle_long",
        "Trop de temps entre deux relevés RAPL pour connaître le nombre de tours du compteur ; un autre canal "
        "couvre ce temps.",
        "Too long between two RAPL readings to know how often the counter wrapped; another channel covers "
        "that time.",
    )
