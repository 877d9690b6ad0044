"""What the agent has to say, said once: the result of a length asked for, notices, the rules' unknown codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from collectors.records import Notice
from collectors.rules import Rules
from collectors.spool import SUFFIX, read_spool
from footprint.agent.attribution import APP, DYNAMIC
from footprint.formats import energy, kg
from footprint.home import spool_dir
from footprint.measuring import notices
from footprint.measuring.attachment import near
from footprint.measuring.outcome import carbon_of
from footprint.measuring.run_text import sentence
from footprint.texts import say

_PASSING = frozenset({"compteur_attente"})
"""What only says that a channel is not open yet: it stays in the record, if it is still so at the end."""
MOST_BY_CODE = 10
"""Notices told under one code: a figure in their words may change at each look, for ever."""


class Teller:
    """Tells each notice once, by its words: another failure under the same code is another notice."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told: dict[str, set[Notice]] = {}

    def hear(self, found: Iterable[Notice]) -> None:
        """Tell those that are new."""
        for notice in found:
            if notice.code in _PASSING:
                continue
            told = self._told.setdefault(notice.code, set())
            if notice not in told and len(told) < MOST_BY_CODE:
                told.add(notice)
                self._tell(say(notice.fr, notice.en))

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes told so far, in order."""
        return tuple(sorted(self._told))


def result_lines(result: Mapping[str, Any], asset: str | None) -> Iterator[str]:
    """A result as `footprint run` tells it, then a line for each application, what is nobody's, and idle."""
    name = asset or say("cette machine", "this machine")
    run: Any = SimpleNamespace(**{**result, "application": name})
    yield sentence(run)
    for component, kwh in sorted(result["by_component"].items(), key=_order):
        values = {"energy_kwh": kwh, "energy_low_kwh": kwh, "energy_high_kwh": kwh}
        carbon = carbon_of(values, result["factor"])["gwp_kgco2e"]
        yield f"  {_named(component)}{say(' :', ':')} {energy(kwh)}, {kg(carbon)}"


def nothing_kept(home: Path, result: Mapping[str, Any]) -> bool:
    """Whether not one sample of a record could be written."""
    if all(warning["code"] != "spool_non_ecrit" for warning in result["warnings"]):
        return False
    try:
        return not read_spool(spool_dir(home) / f"{result['run_id']}{SUFFIX}").samples
    except OSError:
        return True


def unknown_applications(home: Path, rules: Rules) -> tuple[Notice, ...]:
    """A notice for each code of the rules that the map, where the store exported it, does not hold."""
    try:
        text = (home / "applications.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ()
    known = [code.strip() for code in text.split("\n") if code.strip()]
    if not known:
        return ()
    codes = dict.fromkeys(rule.application for rule in rules.rules)
    return tuple(notices.not_attached(code, near(code, known)) for code in codes if code not in known)


def _order(row: tuple[str, float]) -> tuple[bool, bool, float]:
    """Applications first, then the dynamic energy of nobody, the largest first."""
    component, kwh = row
    return not component.startswith(APP), component != DYNAMIC, -kwh


def _named(component: str) -> str:
    words = {
        DYNAMIC: say("dynamique, non attribué", "dynamic, not attributed"),
        "idle": say("repos", "idle"),
        "gpu": "GPU",
    }
    return component.removeprefix(APP) if component.startswith(APP) else words.get(component, component)
