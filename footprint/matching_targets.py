"""Where matching rules may lead: the names an inventory declares, however they are spelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from footprint.errors import RuleRefused
from pos_map import Inventory, Rule, Unmatched
from pos_map.faults import proposal
from pos_map.matching import Matcher, rule_fault
from pos_map.spelling import near

# A new place makes its boxes: its target need not be there yet.
FREE = frozenset({"place"})
_TOLD = 3


def known_names(inventory: Inventory) -> dict[str, list[str]]:
    """The names a rule of each kind may lead to, in order."""
    applications = [app.code for app in inventory.applications]
    clusters = dict.fromkeys(asset.cluster for asset in inventory.assets if asset.cluster)
    found = {
        "application": applications,
        "machine": [machine.name for machine in inventory.machines],
        "host": [asset.name for asset in inventory.assets],
        "cluster": list(clusters),
        "data_centre": [centre.code for centre in inventory.data_centres],
        "organisation": [body.code for body in inventory.organisations],
        "machine_application": applications,
        "place": [node.code for node in inventory.nodes],
    }
    return {kind: sorted(names) for kind, names in found.items()}


class Targets:
    """The known names of each kind, to find the one that was written."""

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        self._known = known
        self._matchers: dict[str, Matcher] = {}

    def named(self, kind: str, written: str) -> str | None:
        """The known name written so, or the only one spelled alike; None without any. Any place is one."""
        if kind in FREE:
            return written
        if kind not in self._matchers:
            self._matchers[kind] = Matcher(kind, self._known.get(kind, ()))
        matcher = self._matchers[kind]
        return written if written in matcher.known else matcher.spelled(written)

    def near(self, kind: str, written: str) -> tuple[str, ...]:
        """Up to three known names like what was written."""
        return near(written, self._known.get(kind, ()))


def settled(rule: Rule, known: Mapping[str, Sequence[str]], missed: Sequence[Unmatched] = ()) -> Rule:
    """The rule, its target spelled as the name it leads to.

    An expression whose target takes up a part of the name is tried on the names that nothing bears (`missed`).
    Raises RuleRefused for a rule that is ill-formed or leads nowhere.
    """
    if not rule.regex:  # names are read so, whatever the spaces of the file
        rule = replace(rule, pattern=" ".join(rule.pattern.split()), target=" ".join(rule.target.split()))
    if fault := rule_fault(rule):
        raise RuleRefused(*fault)
    if not rule.target or rule.kind in FREE:
        return rule
    targets = Targets(known)
    if rule.regex and "\\" in rule.target:
        _leads_somewhere(rule, targets, missed)
        return rule
    found = targets.named(rule.kind, rule.target)
    if found is None:
        raise _unknown([rule.target], rule, targets)
    return replace(rule, target=found)


def concerned(rule: Rule, missed: Sequence[Unmatched]) -> list[str]:
    """The names nothing bears that a rule is about."""
    matcher = Matcher(rule.kind, (), [rule])
    return [each.name for each in missed if each.kind == rule.kind and matcher.rule(each.name) is not None]


def overruled_words(names: Sequence[str]) -> tuple[str, str]:
    """What to say, in French and English, of names on which decisions have no effect; "" for none."""
    if not names:
        return "", ""
    more = len(names) - _TOLD
    listed = ", ".join(names[:_TOLD]) + (f" (+ {more})" if more > 0 else "")
    return (
        f"Sans effet dans cette campagne sur {listed} : l’inventaire dit déjà autre chose, par un fichier ou par une "
        "décision d’avant. Pour le changer, importez à nouveau les fichiers, corrigés s’il le faut.",
        f"Without effect in this campaign on {listed}: the inventory says otherwise already, by a file or an earlier "
        "decision. To change it, import the files again, corrected if need be.",
    )


def _leads_somewhere(rule: Rule, targets: Targets, missed: Sequence[Unmatched]) -> None:
    matcher = Matcher(rule.kind, (), [rule])
    led = dict.fromkeys(matcher.rule(name) or "" for name in concerned(rule, missed))
    if led and not any(targets.named(rule.kind, name) for name in led):
        raise _unknown(list(led), rule, targets)


def _unknown(written: Sequence[str], rule: Rule, targets: Targets) -> RuleRefused:
    close = dict.fromkeys(name for each in written[:_TOLD] for name in targets.near(rule.kind, each))
    fr, en = proposal(tuple(close)[:_TOLD])
    said_fr = ", ".join(f"« {each} »" for each in written[:_TOLD])
    said_en = ", ".join(f"“{each}”" for each in written[:_TOLD])
    return RuleRefused(
        f"Rien ne s’appelle {said_fr} : « {rule.pattern} » n’y mène pas.{fr}",
        f"Nothing is called {said_en}: “{rule.pattern}” can't lead there.{en}",
    )
