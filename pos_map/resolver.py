"""The names of one kind that files refer to: which known name each is, and what it may be where none is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_map.faults import Severity, proposal
from pos_map.matching import Matcher, Proposal, Unmatched
from pos_map.rows import Row

# A likeness search over 50,000 names takes hundredths of a second: propose for the first names only.
_PROPOSALS = 300
_SAID = 20

_NOT_KNOWN = {
    "application": ("aucune application connue", "a known application"),
    "machine": ("aucune machine virtuelle connue", "a known virtual machine"),
    "host": ("aucun équipement connu", "a known piece of equipment"),
    "cluster": ("la grappe d'aucun équipement", "the cluster of any equipment"),
    "data_centre": ("aucun centre de données connu", "a known data centre"),
}
_CODES = {kind: f"unknown-{kind.replace('_', '-')}" for kind in _NOT_KNOWN} | {"machine": "unknown-vm"}


@dataclass
class Resolver:
    """The names of one kind, and what was not matched: by name, how many times and what it may be."""

    matcher: Matcher
    renamed: Mapping[str, str] = field(default_factory=dict)
    missed: Counter[str] = field(default_factory=Counter)
    _proposals: dict[str, tuple[Proposal, ...]] = field(default_factory=dict)

    def resolve(self, row: Row, column: str, name: str, severity: Severity = "warning") -> str:
        """The name to keep; "" when a rule leaves it unattached."""
        if not name:
            return ""
        found, how = self.matcher.find(name)
        if how == "spelling":
            row.warning(
                column,
                "other-spelling",
                f"« {name} » s'écrit ailleurs « {found} » : c'est ce nom qui est retenu.",
                f"“{name}” is written “{found}” elsewhere: that name is kept.",
                found,
            )
        if how:
            return found
        if (now := self.renamed.get(name)) is not None:
            row.warning(
                column,
                "renamed-since",
                f"« {name} » s'appelle maintenant « {now} », de même référence : c'est ce nom qui est retenu.",
                f"“{name}” is now called “{now}”, of the same reference: that name is kept.",
                now,
            )
            return now
        self.miss(row, column, name, severity)
        return name

    def miss(self, row: Row, column: str, name: str, severity: Severity) -> None:
        """Note that nothing bears a name."""
        kind = self.matcher.kind
        self.missed[name] += 1
        near = tuple(found.target for found in self.proposed(name)) if len(self.missed) <= _SAID else ()
        (not_fr, not_en), (fr, en) = _NOT_KNOWN[kind], proposal(near)
        note = row.error if severity == "error" else row.warning
        note(
            column,
            _CODES[kind],
            f"« {name} » n'est {not_fr} : un nom déclaré dans son fichier est attendu.{fr}",
            f"“{name}” is not {not_en}: a name declared in its own file is expected.{en}",
        )

    def proposed(self, name: str) -> tuple[Proposal, ...]:
        """Known names like it, searched once, for the first few hundred names."""
        if name not in self._proposals and len(self._proposals) < _PROPOSALS:
            self._proposals[name] = self.matcher.propose(name)
        return self._proposals.get(name, ())

    def unmatched(self) -> list[Unmatched]:
        """What was not matched, the most frequent first."""
        kind = self.matcher.kind
        return [
            Unmatched(kind, name, count, self.proposed(name)) for name, count in self.missed.most_common()
        ]
