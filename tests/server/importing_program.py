"""A program that imports by the API with a token, and neither cookies nor where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
import sent_files as sent
from server_browser import BASE, TestClient

from footprint import tokens
from footprint.server.app import create_api
from footprint.store.database import Store

URL = "/api/v1/imports"


class Program:
    """A program and its secret."""

    def __init__(self, store: Store, scope: str = "import", name: str = "ordonnanceur") -> None:
        self.secret = tokens.create(store, name, scope=scope)[1]
        self.client = TestClient(create_api(store), base_url=BASE, follow_redirects=False)

    def ask(self, method: str, path: str = "", **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.secret}", **more.pop("headers", {})}
        answer: httpx.Response = self.client.request(method, URL + path, headers=headers, **more)
        return answer

    def send(self, files: Sequence[sent.File] = sent.ESTATE, **fields: str) -> httpx.Response:
        return self.ask("POST", content=sent.form(None, files, "files", **fields), headers=sent.MULTIPART)

    def checked(self, files: Sequence[sent.File] = sent.ESTATE, **fields: str) -> dict[str, Any]:
        answer = self.send(files, **fields)
        assert answer.status_code == 201, answer.text
        sent.finished(answer.json()["id"])
        return self.state(answer.json()["id"])

    def state(self, identifier: str) -> dict[str, Any]:
        answer = self.ask("GET", f"/{identifier}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
