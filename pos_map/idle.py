"""The profiles a person named that read nothing: said, with the columns they wait for."""

from __future__ import annotations

from collections.abc import Sequence

from pos_map.choosing import Candidate
from pos_map.faults import Fault, Place
from pos_map.mapped import Match, find
from pos_map.mapping import Names, Profile


class Asked:
    """The profiles that were named for these files, and what came of each."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._idle = {profile.name: profile for profile in profiles if profile.asked}
        self._nearest: dict[str, tuple[Place, Match]] = {}
        self._files: list[str] = []

    def note(self, file: str, candidates: Sequence[Candidate]) -> None:
        """Take note of how the sheets of a file are read."""
        self._files.append(file)
        for candidate in candidates:
            if candidate.match and candidate.match.profile.asked:
                # Read, or refused with the columns it lacks: said either way.
                self._idle.pop(candidate.match.profile.name, None)
        for name, profile in self._idle.items():
            for candidate in candidates:
                match = find(candidate.grid.head(), candidate.grid.name, profile, forced=True)
                if match and (name not in self._nearest or _rank(match) > _rank(self._nearest[name][1])):
                    self._nearest[name] = Place(file, candidate.grid.name), match

    def faults(self) -> list[Fault]:
        """A warning for each profile that read no sheet of any file."""
        return [self._fault(profile) for profile in self._idle.values()] if self._files else []

    def _fault(self, profile: Profile) -> Fault:
        place, match = self._nearest.get(profile.name, (Place(self._files[0]), None))
        sheet = match.sheet if match else profile.sheets[0]
        missing = match.missing if match else sheet.recognise
        fr = f"Le profil « {profile.name} » n'a reconnu aucune feuille"
        en = f"The profile “{profile.name}” recognised no sheet"
        if sheet.names and not match:
            fr += f" : il attend une feuille nommée {_fr([sheet.names])}, et les colonnes {_fr(sheet.recognise)}."
            en += f": it expects a sheet named {_en([sheet.names])}, and the columns {_en(sheet.recognise)}."
        else:
            fr += f" : il attend {_fr(sheet.recognise)}, il manque {_fr(missing)}."
            en += f": it expects {_en(sheet.recognise)}, {_en(missing)} missing."
        return place.fault("idle-profile", "warning", fr, en, value=profile.name)


def _rank(match: Match) -> tuple[int, int]:
    return -len(match.missing), match.score


def _fr(columns: Sequence[Names]) -> str:
    return ", ".join(" ou ".join(f"« {name} »" for name in names) for names in columns)


def _en(columns: Sequence[Names]) -> str:
    return ", ".join(" or ".join(f"“{name}”" for name in names) for names in columns)
