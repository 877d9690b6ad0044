"""What more rights would bring, and rules that can match nothing, said at the start. Only reading is tried."""

from __future__ import annotations

import os
from pathlib import Path

from collectors.cgroups import LABELS, find_hierarchy
from collectors.rules import KEYS, Rules
from footprint.texts import say

SEEN = LABELS | {"process"}
"""Labels this agent can give to a rule."""


def missing_access(rules: Rules, root: Path = Path("/")) -> list[str]:
    """One sentence for each thing this process can't read and could with more rights, and for each rule
    that waits for what no agent ever sees."""
    checks = (_rapl(root), _processes(root), _groups(rules, root), _pods(rules, root))
    return [sentence for sentence in checks if sentence] + _blind(rules)


def _blind(rules: Rules) -> list[str]:
    """Rules that can match nothing here: a matcher of theirs is for what others measured."""
    said = []
    for number, rule in enumerate(rules.rules, 1):
        foreign = sorted({key for key, _ in rule.tests} - SEEN)
        if foreign:
            names, seen = ", ".join(foreign), ", ".join(key for key in KEYS if key in SEEN)
            said.append(
                say(
                    f"La règle {number} (« {rule.application} ») ne conviendra jamais : l’agent ne connaît pas "
                    f"{names}. Il connaît {seen} ; ou donnez une commande ([[command]]).",
                    f"Rule {number} (“{rule.application}”) will never match: the agent doesn't know {names}. It "
                    f"knows {seen}; or give a command ([[command]]).",
                )
            )
    return said


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
