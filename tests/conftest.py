"""Shared fixtures: an isolated home, and the sample estate imported and assessed once a worker."""

from __future__ import annotations

import os
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


# Hypothesis: few examples where each costs an assessment (tests.drawn_estates.slowly), ten times more when
# HYPOTHESIS_PROFILE=thorough. No deadline: a busy machine is no failure.
with suppress(ModuleNotFoundError):  # make test-frameworks does without
    from hypothesis import HealthCheck, settings

    settings.register_profile("ci", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("thorough", parent=settings.get_profile("ci"), max_examples=1000)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# The files that take half a minute or more, the longest first: a worker that took one last would end alone.
LONGEST = (
    "assessment/test_backends.py",
    "properties/test_invariants.py",
    "browser/test_journey.py",
    "browser/test_import_journey.py",
    "test_year_on_year.py",
    "measuring/test_hardship.py",
    "cli/test_cli_comparing.py",
    "properties/test_conservation.py",
    "assessment/test_comparing.py",
    "assessment/test_explanations.py",
    "assessment/test_engine_energy.py",
    "measuring/test_budgets.py",
    "measuring/test_push_deaths.py",
    "store/test_archive.py",
    "store/test_assessments.py",
    "golden/test_numecoeval_command.py",
    "cli/test_cli_service.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they come; a worker takes a whole file (make pytest)."""
    here = Path(__file__).parent
    place = {here / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture(scope="session")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where compiled plans are kept, by all workers."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "plans"


@pytest.fixture(scope="session", autouse=True)
def _made_once(plans: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiled plans and the schema of empty stores; without the server's libraries there is neither."""
    with pytest.MonkeyPatch.context() as patch:
        with suppress(ModuleNotFoundError):
            from tests import made_once

            made_once.install(patch, plans, tmp_path_factory.mktemp("stores") / "empty.db")
        yield


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads or writes the state, store or language of whoever runs it."""
    for name in ("FOOTPRINT_STORE", "FOOTPRINT_ZONE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FOOTPRINT_LANG", "fr")
    texts._language.set(None)  # what a test before left in this thread
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def sample_home(plans: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    drafts = shutil.ignore_patterns("*.[0-9]*")  # of the other workers
    shutil.copytree(plans, home / "plans", ignore=drafts)  # for programs started over it
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
