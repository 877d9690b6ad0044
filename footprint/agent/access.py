"""What more rights would bring, said in plain words at the start. Nothing is tried but reading."""

from __future__ import annotations

import os
from pathlib import Path

from collectors.cgroups import find_hierarchy
from collectors.rules import Rules
from footprint.texts import say


def missing_access(rules: Rules, root: Path = Path("/")) -> list[str]:
    """One sentence for each thing this process can't read and could with more rights."""
    checks = (_rapl(root), _processes(root), _groups(rules, root), _pods(rules, root))
    return [sentence for sentence in checks if sentence]


def _rapl(root: Path) -> str | None:
    counters = sorted((root / "sys/class/powercap").glob("intel-rapl:*/energy_uj"))
    if not counters or all(os.access(path, os.R_OK) for path in counters):
        return None
    return say(
        "RAPL (compteurs du processeur) est là mais réservé à root : l’énergie est estimée par le modèle M5. "
        "Donnez à un groupe la lecture de energy_uj (docs/agent.md).",
        "RAPL (the processor's counters) is there but kept for root: energy is estimated by model M5. Let a "
        "group read energy_uj (docs/agent.md).",
    )


def _processes(root: Path) -> str | None:
    if os.access(root / "proc/1/stat", os.R_OK) or not (root / "proc").is_dir():
        return None
    return say(
        "/proc cache les processus des autres (hidepid) : les règles « process » ne voient que ceux de cet "
        "utilisateur ; les groupes de contrôle, eux, sont lus en entier.",
        "/proc hides others' processes (hidepid): “process” rules see this user's only; control groups are read "
        "whole.",
    )


def _groups(rules: Rules, root: Path) -> str | None:
    if not rules.rules or find_hierarchy(root) is not None:
        return None
    return say(
        "Aucun groupe de contrôle lisible (conteneur, ou système sans cgroup) : le temps est compté processus par "
        "processus. Dans un conteneur, lancez l’agent sur la machine, ou avec les groupes de la machine.",
        "No control group to read (container, or system without cgroups): time is counted process by process. "
        "In a container, run the agent on the host, or with the host's groups.",
    )


def _pods(rules: Rules, root: Path) -> str | None:
    wanted = rules.keys & {"pod", "namespace"}
    if not wanted or os.access(root / "var/log/pods", os.R_OK | os.X_OK):
        return None
    return say(
        "Les noms des pods ne sont pas lisibles (/var/log/pods) : seuls leurs identifiants (UID) le sont. Donnez "
        "la lecture de ce dossier, ou une commande qui nomme les groupes ([[command]]).",
        "Names of pods can't be read (/var/log/pods): only their identifiers (UID) can. Grant the reading of that "
        "folder, or give a command that names groups ([[command]]).",
    )
