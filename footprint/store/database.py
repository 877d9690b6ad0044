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

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlmodel import Session

from footprint.errors import StoreError, StoreLocked, StoreReadOnly
from footprint.home import home as default_home

HEAD = "0004"  # newest migration; a test compares it with the folder
BUSY_SECONDS = 5.0  # how long to wait for another process to let go


class Store:
    """An open store and the folder its files live in."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine = engine
        self.home = home

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back on any exception."""
        with plain_errors(self.home), Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("SELECT 1")
            yield session
            session.commit()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that holds the right to write from its start: what it reads stays true until its end."""
        with self.session() as session:
            take_turn(session)
            yield session

    @property
    def assessments(self) -> Path:
        """Folder of the assessments' Parquet files."""
        return self.home / "assessments"

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def take_turn(session: Session) -> None:
    """Hold the one right to write, waiting for other processes."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    # An update of no row is enough for SQLite to take its write lock.
    statement = (
        "UPDATE campaign SET id = id WHERE 0" if sqlite else "LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE"
    )
    session.execute(text(statement))


def open_store(home: Path | None = None, url: str | None = None) -> Store:
    """Open the store of `home` (default: FOOTPRINT_HOME or the platform's data folder), migrated to HEAD.

    `url` (or FOOTPRINT_STORE) names another database, for instance postgresql+psycopg://….
    """
    folder = home or default_home()
    with plain_errors(folder):
        # Password hashes and sessions live here: for its owner only.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "assessments").mkdir(exist_ok=True)
        engine = _engine(url or os.environ.get("FOOTPRINT_STORE"), folder)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _sqlite_settings)
        _migrate(engine)
        if engine.url.database and engine.dialect.name == "sqlite":
            Path(engine.url.database).chmod(0o600)
        return Store(engine, folder)


def _engine(url: str | None, folder: Path) -> Engine:
    """The database of this URL, else the SQLite file of the folder, whatever characters its path has."""
    try:
        address = make_url(url) if url else URL.create("sqlite", database=str(folder / "footprint.db"))
        sqlite = address.get_backend_name() == "sqlite"
        options = {"timeout": BUSY_SECONDS, "check_same_thread": False} if sqlite else {}
        return create_engine(address, connect_args=options)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            "FOOTPRINT_STORE n’est pas une adresse de base. Attendu : postgresql+psycopg://compte@hôte/base.",
            "FOOTPRINT_STORE is not a database address. Expected: postgresql+psycopg://account@host/database.",
        ) from error


def _sqlite_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: Engine) -> None:
    """Bring the schema to HEAD; Alembic is loaded only when there is something to do."""
    version = _version(engine)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise StoreError(
            "Cette base vient d’une version plus récente. Mettez footprint à jour.",
            "This store comes from a newer version. Update footprint.",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # Outside any transaction: a table rebuilt by a migration is dropped while others point to it.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            # Python's driver would commit each change of the schema by itself.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise StoreError(
                f"Migration refusée : une ligne de « {lost[0]} » n’a plus son parent.",
                f"Migration refused: a row of “{lost[0]}” lost its parent.",
            )
        connection.commit()
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


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
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn a driver's error into one sentence that says what to do."""
    try:
        yield
    except PermissionError as error:
        raise _read_only(folder) from error
    except OSError as error:
        raise StoreReadOnly(
            f"Écriture impossible dans {folder} : {error.strerror}. Libérez de la place ou changez de dossier "
            "(FOOTPRINT_HOME).",
            f"Can't write in {folder}: {error.strerror}. Free some space or change folder (FOOTPRINT_HOME).",
        ) from error
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
        if "not a database" in words or "connection" in words:
            raise StoreError(
                f"Aucune base ne répond là ({error.orig}). Vérifiez FOOTPRINT_STORE et FOOTPRINT_HOME.",
                f"No database answers there ({error.orig}). Check FOOTPRINT_STORE and FOOTPRINT_HOME.",
            ) from error
        raise StoreError(
            f"La base a refusé l’opération : {error.orig}", f"Store error: {error.orig}"
        ) from error
