"""The energy of a served model by our own recorder: its process and descendants, or the whole machine."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from collectors.process_tree import ProcessTree
from collectors.records import EnergyRow, Notice
from collectors.spool import SpoolLog, read_spool
from footprint.home import home as default_home
from footprint.home import spool_dir
from footprint.llm.errors import LlmRefused
from footprint.llm.used import Used
from footprint.measuring.session import Session


class RecorderSource:
    """The process `pid` and its descendants, measured like a run; the whole machine for None."""

    def __init__(self, pid: int | None, zone: str | None, home: Path | None = None) -> None:
        self._pid, self._zone, self._home = pid, zone, home or default_home()
        self._folder: Path | None = None
        self._session: Session | None = None

    def begin(self) -> None:
        """Open a session in a folder of its own: the level is deposited whole, or not at all."""
        now = time.time()
        tree = None if self._pid is None else ProcessTree(self._pid, since=now)
        if tree is not None and not tree.alive:
            raise LlmRefused(
                f"Aucun processus {self._pid} : donnez --pid, le numéro du serveur de modèle.",
                f"No process {self._pid}: give --pid, the number of the model's server.",
            )
        self._folder = Path(tempfile.mkdtemp(prefix="footprint-pilot-"))
        with suppress(OSError):
            shutil.copy(self._home / "site.toml", self._folder / "site.toml")
        subject = "host" if tree is None else "run"
        header = {"run_id": "niveau", "subject": subject, "phase": "inference", "zone": self._zone}
        self._session = Session(header, self._folder, tree, started=now)
        self._session.begin(time.monotonic(), None)

    def tick(self) -> None:
        """One sample; a server that ended stops the pilot."""
        assert self._session is not None
        self._session.sample(time.monotonic())
        if not self._session.alive:
            raise LlmRefused(
                "Le serveur de modèle s’est arrêté pendant le niveau.", "The model's server ended meanwhile."
            )

    def end(self) -> Used:
        """Close the session and read what it recorded."""
        assert self._session is not None
        self._session.sample(time.monotonic())
        try:
            log = self._recorded()
        except OSError as error:
            raise LlmRefused(
                f"Mesure non écrite ({error}) : libérez de la place.",
                f"Record not written ({error}): free some space.",
            ) from error
        finally:
            self.close()
        if not log.samples:
            return Used(())
        last = log.samples[-1]
        rows = tuple(_of_service(EnergyRow(*row)) for row in last["energy"])
        notices = tuple(Notice(one["code"], one["fr"], one["en"]) for one in log.warnings)
        if self._pid is not None:
            return Used(rows, log.context, (*notices, _shared()), last["cpu_s"])
        # Reserved: all its processors' time is the service's, used or not (M6).
        reserved_s = log.context["threads"] * last["seconds"]
        return Used(rows, log.context, (*notices, _reserved()), reserved_s)

    def close(self) -> None:
        """End the session if it is still open and remove its folder."""
        if self._session is not None:
            self._session.close()
            self._session = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _recorded(self) -> SpoolLog:
        assert self._session is not None
        assert self._folder is not None
        self._session.finish("complete")
        self._session.close()
        return read_spool(spool_dir(self._folder) / "niveau.jsonl")


def _of_service(row: EnergyRow) -> EnergyRow:
    """A row of the whole machine as the service's own: the rest of a reserved machine is its (M6)."""
    return row._replace(component="idle_share") if row.component == "idle" else row


def _reserved() -> Notice:
    return Notice(
        "machine_reservee",
        "Toute la machine est comptée, repos compris : elle est supposée réservée à ce modèle.",
        "The whole machine is counted, at rest too: it is supposed to be reserved for this model.",
    )


def _shared() -> Notice:
    return Notice(
        "repos_au_prorata",
        "Le repos de la machine n’est compté qu’au prorata du temps de processeur du serveur : si la machine lui "
        "est réservée, mesurez-la entière (--energy host).",
        "The machine at rest is counted only in proportion of the server's processor time: if the machine is "
        "reserved for it, measure it whole (--energy host).",
    )
