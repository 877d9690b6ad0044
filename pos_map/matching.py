"""Match names that differ from one file to another: rules a person kept, the same spelling, then proposals.

A rule answers for one kind of name and is kept for next year. Kinds, and what their target is:

application, machine, host, cluster, data_centre    the name in the file that declares it
organisation                                        a body's code
machine_application                                 the application that uses a virtual machine
place                                               the box of an application, as a code or a path of labels
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pos_map.expressions import Expression, expression_fault
from pos_map.placement import LEVELS, path_of
from pos_map.spelling import plain

KINDS = (
    "application", "machine", "host", "cluster", "data_centre", "organisation", "machine_application", "place",
)  # fmt: skip
How = Literal["exact", "rule", "spelling", "left", ""]
LONGEST_PATTERN = 200
LONGEST_TARGET = 500
# Signs that make a name another one ("C", "C++", "C#") are kept; separators are not.
_PARTS = re.compile(r"[a-z]+|[0-9]+|[^\W_]+|[+#&*@%]")
_PROPOSED = 3
_LEAST_LIKENESS = 60.0


@dataclass(frozen=True, slots=True)
class Rule:
    """What a person decided of a name, or of every name a regular expression (`expressions`) matches whole.

    `target` may use the groups of the expression (\\1); "" leaves the name unattached, knowingly.
    """

    kind: str
    pattern: str
    target: str
    regex: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A known name like one that nothing bears; `likeness` is 0 to 1."""

    target: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A name nothing bears, where it was met, and what it may be."""

    kind: str
    name: str
    count: int
    proposals: tuple[Proposal, ...] = ()


def rule_fault(rule: Rule) -> tuple[str, str] | None:
    """Why a rule can't be kept, in French and English; None for a good one."""
    if rule.kind not in KINDS:
        return (
            f"Genre inconnu : {', '.join(KINDS)} sont attendus.",
            f"Unknown kind: expected {', '.join(KINDS)}.",
        )
    if not rule.pattern.strip() or len(rule.pattern) > LONGEST_PATTERN:
        return (
            f"Le nom ou l'expression est vide ou dépasse {LONGEST_PATTERN} caractères.",
            f"The name or expression is empty or exceeds {LONGEST_PATTERN} characters.",
        )
    if len(rule.target) > LONGEST_TARGET:
        return (
            f"Le nom retenu dépasse {LONGEST_TARGET} caractères.",
            f"The name kept exceeds {LONGEST_TARGET} characters.",
        )
    if rule.kind == "place" and len(path_of(rule.target)) > len(LEVELS):
        return (
            f"Cet emplacement a plus de {len(LEVELS)} niveaux : {len(LEVELS)} au plus sont attendus.",
            f"This place has more than {len(LEVELS)} levels: {len(LEVELS)} at most are expected.",
        )
    return expression_fault(rule.pattern, rule.target) if rule.regex else None


@lru_cache(maxsize=20_000)
def spelled(name: str) -> tuple[str, ...]:
    """Letters and numbers of a name, whatever the case, accents, separators and leading zeros."""
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in _PARTS.findall(plain(name)))


class Matcher:
    """The known names of one kind, and the rules that lead to them."""

    def __init__(self, kind: str, known: Iterable[str], rules: Iterable[Rule] = ()) -> None:
        self.kind = kind
        self.known = dict.fromkeys(known)
        own = [rule for rule in rules if rule.kind == kind]
        self._exact = {rule.pattern: rule.target for rule in own if not rule.regex}
        self._exact_spelled: dict[tuple[str, ...], str | None] = {}
        for pattern, target in self._exact.items():
            # Two rules on one spelling, to two targets: each answers for what it writes only.
            known_target = self._exact_spelled.setdefault(spelled(pattern), target)
            if known_target != target:
                self._exact_spelled[spelled(pattern)] = None
        self._expressions = [Expression(rule.pattern, rule.target) for rule in own if rule.regex]
        self._spelled: dict[tuple[str, ...], str | None] | None = None
        self._alike: Alike | None = None

    def find(self, name: str) -> tuple[str, How]:
        """The known name for this one and how it was found.

        ("", "left") when a rule leaves it unattached, ("", "") when nothing bears it.
        """
        if name in self.known:
            return name, "exact"
        target = self.rule(name)
        if target is not None:
            return (target, "rule") if target in self.known else ("", "left" if not target else "")
        if self.kind in ("machine_application", "place"):
            return "", ""
        found = self.spelled(name)
        return (found, "spelling") if found else ("", "")

    def rule(self, name: str) -> str | None:
        """What a rule says of this name: its target, "" to leave it unattached; None when no rule speaks of it.

        A rule on a name answers for its other spellings; a target spelled like one known name is that name.
        """
        alike = self._exact_spelled.get(spelled(name)) if self._exact else None
        if name in self._exact:
            target = self._exact[name]
        elif alike is not None:
            target = alike
        else:
            found = (expression.becomes(name) for expression in self._expressions)
            said = next((target for target in found if target is not None), None)
            if said is None:
                return None
            target = said
        return target if target in self.known or not target else self.spelled(target) or target

    def spelled(self, name: str) -> str | None:
        """The one known name spelled alike; two of them are no answer."""
        if self._spelled is None:
            self._spelled = {}
            for known in self.known:
                form = spelled(known)
                self._spelled[form] = None if form in self._spelled else known
        form = spelled(name)
        return self._spelled.get(form) if form else None

    def propose(self, name: str) -> tuple[Proposal, ...]:
        """Up to three known names like this one, the same one first, then the best (rapidfuzz)."""
        if self._alike is None:
            self._alike = Alike(self.known, inside=self.kind == "machine_application")
        found, same = self._alike.to(name), name if name in self.known else self.spelled(name)
        if same is None:
            return found
        return Proposal(same, 1.0), *[each for each in found if each.target != same][: _PROPOSED - 1]


class Alike:
    """Names to look for likenesses in, spelled once for all searches.

    With `inside`, a likeness to a part of the name looked for counts ("VM-COURRIER-03" has "COURRIER"). Otherwise
    names of other numbers are never alike: SRV-005 is not SRV-015.
    """

    def __init__(self, names: Iterable[str], inside: bool = False) -> None:
        self._names = tuple(names)
        self._choices = [" ".join(spelled(name)) for name in self._names]
        self._inside = inside
        self._numbered: dict[frozenset[str], list[int]] = {}
        for at, choice in enumerate(self._choices):
            self._numbered.setdefault(_numbers(choice), []).append(at)

    def to(self, name: str) -> tuple[Proposal, ...]:
        """Up to three names like this one, best first (rapidfuzz)."""
        from rapidfuzz import fuzz, process

        scorer = fuzz.partial_ratio if self._inside else fuzz.WRatio
        form = " ".join(spelled(name))
        found = process.extract(
            form, self._of_numbers(form), scorer=scorer, limit=_PROPOSED, score_cutoff=_LEAST_LIKENESS
        )
        return tuple(Proposal(self._names[at], round(score / 100, 2)) for _choice, score, at in found)

    def _of_numbers(self, form: str) -> dict[int, str]:
        """The choices whose numbers are those of a name, or some of them, or more."""
        numbers = _numbers(form)
        if self._inside:
            return dict(enumerate(self._choices))
        return {
            at: self._choices[at]
            for other, places in self._numbered.items()
            if other <= numbers or numbers <= other
            for at in places
        }


def _numbers(form: str) -> frozenset[str]:
    return frozenset(part for part in form.split() if part.isdigit())
