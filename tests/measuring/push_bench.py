"""Servers to push to: a real one that can be killed, and one that answers as it is told."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from measuring_bench import wait_until
from sqlmodel import select

from footprint import tokens
from footprint.store.database import open_store
from footprint.store.tables import EnergyHour, MeasuredRun

SERVER = """
import os, signal, sys
from pathlib import Path
import uvicorn
from footprint.records import receiving
from footprint.server import collect
from footprint.server.app import create_api
from footprint.store.database import open_store

moment = sys.argv[3]
store, receive = receiving._store, receiving.receive
def dying(function):
    def call(*args):
        done = function(*args)
        os.kill(os.getpid(), signal.SIGKILL)
        return done
    return call
if moment == "before":
    receiving._store = dying(store)
if moment == "after":
    collect.receive = dying(receive)
uvicorn.run(create_api(open_store(Path(sys.argv[1]))), port=int(sys.argv[2]), log_level="error")
"""


class RealServer:
    """uvicorn over a store of its own, in another process."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "server"
        store = open_store(self.home)
        self.secret = tokens.create(store, "agent")[1]
        store.close()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, dying: str = "never") -> None:
        words = [sys.executable, "-c", SERVER, str(self.home), str(self.port), dying]
        self.process = subprocess.Popen(words)
        wait_until(self._answers, 60.0)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/sante", timeout=5):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def energies(self) -> dict[str, float]:
        store = open_store(self.home)
        with store.session() as session:
            found = {run.run_id: 0.0 for run in session.exec(select(MeasuredRun))}
            for hour in session.exec(select(EnergyHour)):
                found[hour.run_id] += hour.energy_kwh
        store.close()
        return found


def marks(home: Path) -> set[str]:
    return {path.stem for path in (home / "spool").glob("*.pushed")}


class Scripted:
    """A server that gives the answers it was told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.script: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, headers, answer = outer.script.pop(0) if outer.script else STORED
                self.send_response(status)
                for name, value in {"content-length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def said(status: int, result: str, fr: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    reason = {"fr": fr, "en": fr} if fr else None
    return status, headers, json.dumps({"result": result, "reason": reason, "bad_lines": {}}).encode()


STORED = said(201, "stored")
DOWN = (503, {}, b"")
