"""What can go wrong in footprint, as a tree.

FootprintError                every error of this package; carries .fr and .en, str() is in the current language
├── StoreError                the store can't be opened, read or written
│   ├── StoreLocked           another process holds it
│   └── StoreReadOnly         the folder or file can't be written
├── ImportRefused             an import has faults; nothing was written; .faults lists them
├── CampaignError             no such campaign, or it can't be changed
│   ├── CampaignFrozen        it is frozen: it must be reopened first
│   └── CampaignChanged       it changed between the preparation of an import and its application
│       └── RulesChanged      so did the matching rules, the profiles or the year before
├── RuleRefused               a matching rule can't be kept; says why
├── UnknownSubject            no such application, model, request or assessment; .near holds close names
├── DecisionRefused           a launch decision breaks a rule (role, reason, state)
├── ChainBroken               the event log was altered; .seq says where
├── ReportError               the light carbon balance can't be written (footprint.report.errors)
├── AccountRefused            an account can't be made or changed as asked (footprint.people)
├── TokenRefused              a collector's token can't be made or revoked as asked (footprint.tokens)
├── PushFailed                records can't be sent; .done says what had gone through (footprint.records.posting)
├── AgentError                the agent can't run as asked (footprint.agent)
│   └── AlreadyRunning        another agent measures this host
├── BadEstimate               neither a duration nor a number of steps (footprint.measuring.estimate)
├── MissingLibrary            the library an integration is for is not installed (footprint.integrations)
├── SignInRefused             wrong password, used or expired link, closed account
└── PortTaken                 the address to serve on is already in use

The leaves have their own roots: collectors.CollectorError, factors.FactorError, pos_map.Fault (data, not raised).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from footprint.moments import day_fr
from footprint.texts import say


class FootprintError(Exception):
    """Root of the errors of footprint: a sentence in both languages that says what to do."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en

    def __str__(self) -> str:
        return say(self.fr, self.en)


class StoreError(FootprintError):
    """The store can't be opened, read or written."""


class StoreLocked(StoreError):
    """Another process holds the store."""


class StoreReadOnly(StoreError):
    """The folder or the file of the store can't be written."""


class ImportRefused(FootprintError):
    """An import has faults; nothing was written."""

    def __init__(self, faults: Sequence[Any]) -> None:
        n = len(faults)
        super().__init__(
            f"Import refusé : {n} erreur{'s' if n > 1 else ''}. Rien n’a été importé.",
            f"Import refused: {n} error{'s' if n > 1 else ''}. Nothing was imported.",
        )
        self.faults = tuple(faults)


class CampaignError(FootprintError):
    """No such campaign, or it can't be changed."""


class CampaignFrozen(CampaignError):
    """The campaign is frozen: nothing of it changes until it is reopened."""

    def __init__(self, organisation: str, year: int, frozen_at: str) -> None:
        super().__init__(
            f"La campagne {year} de {organisation} est figée depuis le {day_fr(frozen_at)} : rien n’a changé. "
            "Pour la modifier, rouvrez-la : footprint campaign reopen --reason MOTIF.",
            f"The {year} campaign of {organisation} is frozen since {frozen_at[:10]}: nothing changed. "
            "To change it, reopen it: footprint campaign reopen --reason REASON.",
        )


class CampaignChanged(CampaignError):
    """The campaign changed between the preparation of an import and its application."""

    def __init__(
        self,
        fr: str = "L’inventaire a changé depuis que les différences ont été montrées : rien n’a été importé. "
        "Relancez l’import pour voir les nouvelles.",
        en: str = "The inventory changed since the differences were shown: nothing was imported. "
        "Run the import again to see the new ones.",
    ) -> None:
        super().__init__(fr, en)


class RulesChanged(CampaignChanged):
    """What the files are read by (rules, profiles, the year before) changed since they were checked."""

    def __init__(self) -> None:
        super().__init__(
            "Les règles de rattachement, les profils de lecture ou la campagne d’avant ont changé depuis la "
            "vérification : rien n’a été importé. Vérifiez à nouveau.",
            "The matching rules, the mapping profiles or the campaign before changed since the check: nothing was "
            "imported. Check again.",
        )


class RuleRefused(FootprintError):
    """A matching rule can't be kept."""


class UnknownSubject(FootprintError):
    """No such application, model, request or assessment."""

    def __init__(self, kind_fr: str, kind_en: str, name: str, near: Iterable[str] = ()) -> None:
        self.near = tuple(near)
        fr = f"{kind_fr.capitalize()} introuvable : « {name} »."
        en = f"Unknown {kind_en}: “{name}”."
        if self.near:
            fr += " Proches : " + ", ".join(self.near) + "."
            en += " Close names: " + ", ".join(self.near) + "."
        super().__init__(fr, en)


class DecisionRefused(FootprintError):
    """A launch decision breaks a rule."""


class ChainBroken(FootprintError):
    """The event log was altered."""

    def __init__(self, seq: int, fr: str, en: str) -> None:
        super().__init__(f"Journal altéré à l’événement {seq} : {fr}", f"Log altered at event {seq}: {en}")
        self.seq = seq


class SignInRefused(FootprintError):
    """Wrong password, used or expired link, closed account."""


class PortTaken(FootprintError):
    """The address to serve on is already in use."""
