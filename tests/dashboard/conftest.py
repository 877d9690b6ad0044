"""Pages over the hand-made sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
import sheets_by_hand as made

from footprint import views
from footprint.store.database import Store, open_store
from footprint.texts import set_language


@pytest.fixture(autouse=True)
def _views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages over the hand-made sheets, in French."""
    set_language("fr")
    for name, value in {
        "summary": made.SUMMARY,
        "map_tree": (made.ZONE,),
        "tiles": (made.WEAK, made.SOLID, made.UNASSESSED, made.NO_LETTER),
        "models": ("tri:1.0",),
        "use_cases": (made.CASE, made.ROBOT),
        "application_sheet": made.SHEET,
        "model_sheet": made.MODEL,
        "swings": made.SWINGS,
        "doubts": (made.DOUBT,),
        "explained": made.EXPLANATION,
        "label_of": made.HOSTILE,
    }.items():
        monkeypatch.setattr(views, name, lambda *_, _value=value, **__: _value)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "home")
