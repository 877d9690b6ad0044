"""Shared fixtures: an isolated home, and the sample estate imported and assessed once a worker."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from footprint import texts

YEAR = 2026

# A suite started in the background inherits ignored signals, and so would the programs it starts.
with suppress(ValueError):  # not the main thread
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for ignored in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads or writes the state, store or language of whoever runs it."""
    for name in ("FOOTPRINT_STORE", "FOOTPRINT_ZONE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FOOTPRINT_LANG", "fr")
    texts._language.set(None)  # what a test before left in this thread
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose store holds the sample estate, two measured runs of its model, and its assessment."""
    import pos_map
    from footprint.assessments import assess_campaign
    from footprint.store.database import open_store
    from footprint.store.referential import ensure_campaign, import_files
    from tests.recorded import add_runs

    home = tmp_path_factory.mktemp("sample") / "home"
    store = open_store(home)
    campaign = ensure_campaign(store, "Caisse Exemple", YEAR)
    import_files(store, campaign, pos_map.sample_paths(), "essai")
    add_runs(store)
    assess_campaign(store, campaign)
    store.close()
    return home


@pytest.fixture
def sample_store(sample_home: Path, tmp_path: Path) -> Iterator[object]:
    """A store of one's own, copied from the assessed sample."""
    from footprint.store.database import open_store

    home = tmp_path / "home"
    shutil.copytree(sample_home, home, dirs_exist_ok=True)
    store = open_store(home)
    yield store
    store.close()
