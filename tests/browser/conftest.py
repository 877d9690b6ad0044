"""A served copy of the assessed sample, and a real Chromium in front of it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Served:
    """Where the dashboard is served, and its store."""

    url: str
    store: object

    def link(self, login: str) -> str:
        from footprint import people

        return f"{self.url}/entrer/{people.make_link(self.store, login)}"  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def served(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    import uvicorn

    from dashboard.app import create_app
    from footprint import launch, people
    from footprint.store.database import open_store

    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(sample_home, home)
    store = open_store(home)
    people.create_account(store, "admin", "admin")
    people.create_account(store, "anne", "approbateur", "Anne Roy", "Directrice")
    claire = people.create_account(store, "claire", "contributeur", "Claire Morel", "Cheffe de projet")
    asked = (
        "Aide à la rédaction",
        "TRI-COURRIER",
        "",
        "réponse",
        None,
        "Proposer un brouillon",
        "Lettres types",
    )
    for _ in range(2):
        launch.submit(store, claire, launch.RequestForm(*asked))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = uvicorn.Config(
        create_app(store), host="127.0.0.1", port=port, log_level="error", access_log=False, ws="none"
    )
    server = uvicorn.Server(options)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield Served(f"http://127.0.0.1:{port}", store)
    server.should_exit = True
    thread.join(10)
    store.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser test was run: {CHROMIUM} is absent (Debian package chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield browser
        browser.close()
