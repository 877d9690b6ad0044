"""Someone who may sign in, and what each role may do: deny by default."""

from __future__ import annotations

from dataclasses import dataclass

SUBMITTERS = ("contributeur", "urbaniste", "rso", "approbateur", "admin")
APPROVERS = ("approbateur", "admin")
IMPORTERS = ("urbaniste", "admin")
FREEZERS = ("urbaniste", "rso", "admin")
ASSESSORS = FREEZERS
TOKEN = "jeton"
"""The role of a program that shows a token of imports: no account has it, and it may do nothing else."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may sign in; `name` is empty until the welcome page is filled."""

    id: int
    login: str
    name: str
    function: str
    role: str
    has_password: bool

    @property
    def may_submit(self) -> bool:
        """May submit or contest a launch request."""
        return self.role in SUBMITTERS

    @property
    def may_decide(self) -> bool:
        """May decide a launch request."""
        return self.role in APPROVERS

    @property
    def may_import(self) -> bool:
        """May import files, undo an import, decide what a name is."""
        return self.role in (*IMPORTERS, TOKEN)

    @property
    def may_assess(self) -> bool:
        """May compute the campaign again."""
        return self.role in ASSESSORS

    @property
    def may_freeze(self) -> bool:
        """May freeze a campaign or reopen it."""
        return self.role in FREEZERS
