"""Opening the store: SQLite in WAL by default, PostgreSQL by URL, migrated on opening.

`open_store(home)` gives a `Store`; every other module of this folder takes its sessions.
Errors: StoreReadOnly, StoreLocked, StoreError, each with one sentence that says what to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session

from footprint.errors import StoreError, StoreLocked, StoreReadOnly
from footprint.home import home as default_home

HEAD = "0001"  # newest migration; a test compares it with the folder
BUSY_SECONDS = 5.0  # how long to wait for another process to let go


class Store:
    """An open store and the folder its files live in."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine = engine
        self.home = home

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back on any exception."""
        with _plain_errors(self.home), Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("SELECT 1")
            yield session
            session.commit()

    @property
    def assessments(self) -> Path:
        """Folder of the assessments' Parquet files."""
        return self.home / "assessments"

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_store(home: Path | None = None, url: str | None = None) -> Store:
    """Open the store of `home` (default: FOOTPRINT_HOME or the platform's data folder), migrated to HEAD.

    `url` (or FOOTPRINT_STORE) names another database, for instance postgresql+psycopg://….
    """
    folder = home or default_home()
    url = url or os.environ.get("FOOTPRINT_STORE") or f"sqlite:///{folder / 'footprint.db'}"
    with _plain_errors(folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "assessments").mkdir(exist_ok=True)
        except OSError as error:
            raise _read_only(folder) from error
        engine = create_engine(url, **_options(url))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _sqlite_settings)
        _migrate(engine)
        return Store(engine, folder)


def _options(url: str) -> dict[str, Any]:
    return (
        {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
        if url.startswith("sqlite")
        else {}
    )


def _sqlite_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: Engine) -> None:
    """Bring the schema to HEAD; Alembic is loaded only when there is something to do."""
    if _version(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        value = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(value) if value else None


def _read_only(folder: Path) -> StoreReadOnly:
    return StoreReadOnly(
        f"Le dossier {folder} n’est pas inscriptible. Donnez-en un autre par FOOTPRINT_HOME.",
        f"The folder {folder} can't be written. Name another one with FOOTPRINT_HOME.",
    )


@contextmanager
def _plain_errors(folder: Path) -> Iterator[None]:
    """Turn a driver's error into one sentence that says what to do."""
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        words = str(error.orig).lower()
        if "locked" in words or "busy" in words:
            raise StoreLocked(
                "La base est verrouillée par un autre traitement. Attendez sa fin, puis relancez.",
                "The store is locked by another process. Wait until it ends, then try again.",
            ) from error
        if "readonly" in words or "read-only" in words or "unable to open" in words:
            raise _read_only(folder) from error
        if "append-only" in words:
            raise StoreError(
                "Le journal ne se réécrit pas : seules des lignes nouvelles sont acceptées.",
                "The log can't be rewritten: only new rows are accepted.",
            ) from error
        raise StoreError(
            f"La base a refusé l’opération : {error.orig}", f"Store error: {error.orig}"
        ) from error
