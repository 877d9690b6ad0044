"""What every test would otherwise make again: the compiled plan of an assessment, the schema of an empty store.

Both are made by the real code, once, then handed to the tests of this process; programs that tests start make
their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from footprint.assessment import engine, steps
from footprint.assessment.steps import Columns, Step
from footprint.store import database


def plans_in(folder: Path) -> Callable[..., tuple[Step, ...]]:
    """`steps.steps` that reads and keeps the plans of every home in one folder."""
    real = steps.steps

    @wraps(real)
    def shared(
        columns: Columns, dialect: str, hourly: bool, ranks: int, _kept: Path | None
    ) -> tuple[Step, ...]:
        return real(columns, dialect, hourly, ranks, folder)

    return shared


def stores_from(template: Path) -> Callable[[Engine], None]:
    """`database._migrate` that fills an empty SQLite file with a copy of `template`, migrated at the first."""
    real = database._migrate

    def migrate(opened: Engine) -> None:
        if opened.dialect.name == "sqlite" and _is_empty(opened):
            if not template.exists():
                real(made := create_engine(f"sqlite:///{template}"))
                made.dispose()
            _copy(template, opened)
        real(opened)

    return migrate


def install(patch: pytest.MonkeyPatch, plans: Path, template: Path) -> None:
    """Put both in place: `plans` may be shared by processes, `template` is this one's own."""
    patch.setattr(engine, "steps", plans_in(plans))
    patch.setattr(database, "_migrate", stores_from(template))


def _is_empty(opened: Engine) -> bool:
    with opened.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0


def _copy(template: Path, opened: Engine) -> None:
    connection = opened.raw_connection()
    try:
        with closing(sqlite3.connect(template)) as source:
            source.backup(connection.driver_connection)
    finally:
        connection.close()
