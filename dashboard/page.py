"""What a page is given: the store, who asks, where, and a refused form waiting to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from footprint.people import SignedIn
from footprint.server.refusals import Refusal
from footprint.store.database import Store


@dataclass(frozen=True, slots=True)
class Page:
    """The request of a page: a refused form waiting to be shown, or what one did."""

    store: Store
    who: SignedIn
    path: str
    refusal: Refusal | None = None
    done: Refusal | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def typed(self, name: str, place: int = 0) -> str:
        """What the person had typed in a field of the refused form, "" otherwise."""
        return self.refusal.typed(name, place) if self.refusal else ""


def application_link(code: str) -> str:
    """Address of an application's page."""
    return f"/application/{quote(code, safe='')}"


def check_link(identifier: str) -> str:
    """Address of a check of sent files."""
    return f"/import/{quote(identifier, safe='')}"


def model_link(model: str) -> str:
    """Address of a model's page."""
    return f"/modele/{quote(model, safe='')}"


def request_link(request_id: str) -> str:
    """Address of a launch request's page."""
    return f"/demande/{quote(request_id, safe='')}"


def explanation_link(view: str) -> str:
    """Address of the explanation of a total: "total", "node:CODE", "reason:poste:postes"…"""
    return f"/explication/{quote(view, safe='')}"
