"""RAPL: energy counters of the processor packages and their memory, from Linux's powercap tree.

Package and DRAM domains are summed; "psys" (the platform) contains the package and is never added to
it; "core" and "uncore" are parts of the package. AMD's counters appear in the same tree. Counters wrap
at `max_energy_range_uj`. Since 2020 the files are readable by root only, unless an administrator opened
them: the reason they cannot be used is kept.
"""

from __future__ import annotations

from pathlib import Path

from collectors.records import Notice, Tier

DEFAULT_ROOT = Path("/sys/class/powercap")
_MICROJOULES_PER_KWH = 3.6e12


class RaplChannel:
    """Cumulative energy of packages and memory since the channel was opened; tier "sensor"."""

    name = "rapl"
    tier: Tier = "sensor"

    def __init__(self, root: Path = DEFAULT_ROOT) -> None:
        """Look for readable domains under `root`; `reason` says why there is none."""
        self.reason: Notice | None = None
        self._ranges: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        self._spent_uj = 0
        self._open(root)

    @property
    def active(self) -> bool:
        """Whether at least one domain is being read."""
        return bool(self._last)

    def cumulative_kwh(self) -> float | None:
        """kWh since opened, or None when the counters cannot be read."""
        if not self.active:
            return None
        try:
            for domain, before in self._last.items():
                now = _integer(domain / "energy_uj")
                step = now - before
                self._spent_uj += step if step >= 0 else step + self._ranges[domain]
                self._last[domain] = now
        except (OSError, ValueError):
            self._last.clear()
            self.reason = _lost()
            return None
        return self._spent_uj / _MICROJOULES_PER_KWH

    def _open(self, root: Path) -> None:
        domains = find_domains(root)
        if not domains:
            self.reason = Notice(
                "rapl_absent",
                "RAPL n'existe pas ici (machine virtuelle, conteneur ou processeur sans compteur).",
                "This machine has no RAPL (virtual machine, container, or processor without counters).",
            )
        for domain in domains:
            try:
                self._ranges[domain] = _integer(domain / "max_energy_range_uj")
                self._last[domain] = _integer(domain / "energy_uj")
            except PermissionError:
                self._last.clear()
                self.reason = _forbidden()
                return
            except (OSError, ValueError):
                self.reason = _lost()


def find_domains(root: Path) -> list[Path]:
    """Package and DRAM domains under a powercap tree, each once, in order.

    The same package may appear under "intel-rapl" and "intel-rapl-mmio": the latter is left out.
    """
    if not root.is_dir():
        return []
    found = []
    for folder in sorted(root.glob("*-rapl:*")):
        try:
            name = (folder / "name").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if name.startswith("package") or name == "dram":
            found.append(folder)
    return found


def _integer(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))


def _forbidden() -> Notice:
    return Notice(
        "rapl_interdit",
        "Les compteurs RAPL existent mais ne sont lisibles que par root ; un administrateur peut les ouvrir "
        "(chmod o+r sur energy_uj).",
        "RAPL counters exist but only root may read them; an administrator can open them "
        "(chmod o+r energy_uj).",
    )


def _lost() -> Notice:
    return Notice(
        "rapl_illisible",
        "Un compteur RAPL a cessé d'être lisible ; le canal est abandonné.",
        "A RAPL counter became unreadable; the channel is dropped.",
    )
