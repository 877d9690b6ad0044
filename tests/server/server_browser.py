"""A client that behaves as a browser does: it says where its requests come from and keeps its cookies."""

from __future__ import annotations

import warnings

import httpx
from starlette.types import ASGIApp

from footprint import people
from footprint.store.database import Store

with warnings.catch_warnings():
    # Starlette's client moves to another HTTP library; the one declared here still serves.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

BASE = "http://testserver"


class Browser(TestClient):
    """A client that says where its requests come from, as browsers do, and does not follow redirections."""

    def __init__(self, app: ASGIApp, base: str = BASE) -> None:
        super().__init__(app, base_url=base, follow_redirects=False, headers={"origin": base})

    def csrf(self) -> str:
        return str(self.get("/api/v1/session").json()["csrf"])

    def submit(self, path: str, **fields: object) -> httpx.Response:
        """Post a form with the session's token."""
        return self.post(path, data={"csrf": self.csrf(), **fields})

    def enter(self, store: Store, login: str) -> Browser:
        """Sign in by a one-time link."""
        assert self.post(f"/entrer/{people.make_link(store, login)}").status_code == 303
        return self
