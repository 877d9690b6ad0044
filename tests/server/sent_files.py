"""Files sent by form, and a campaign they can be imported into."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from server_browser import Browser

from footprint import people
from footprint.server.app import create_api
from footprint.store.database import Store
from footprint.uploads import jobs

BOUNDARY = "----limite0123456789"
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
MAP = ("carte.csv", b"zone;quartier;code application;nom\nM;Droits;APP1;Premiere\nM;Paie;APP2;Deuxieme\n")
ASSETS = ("physiques.csv", b"nomEquipementPhysique;type;quantite;paysDUtilisation\nH1;Serveur;1;France\n")
MACHINES = ("virtuels.csv", b"nomEquipementVirtuel;nomEquipementPhysique;vCPU\nVM1;H1;4\nVM2;absent;2\n")
LINKS = (
    "applications.csv",
    b"nomApplication;typeEnvironnement;nomEquipementVirtuel\nAPP1;Production;VM1\nAPP2;Production;VM2\n",
)
ESTATE = (MAP, ASSETS, MACHINES, LINKS)
FAULTY = ("physiques.csv", ASSETS[1].replace(b";1;", b";beaucoup;"))

File = tuple[str, bytes]


def visitor(store: Store, role: str, login: str = "") -> Browser:
    """A browser signed in with this role."""
    login = login or role
    people.create_account(store, login, role, "Anne Roy")
    return Browser(create_api(store)).enter(store, login)


def form(csrf: str | None, files: Sequence[File], field: str = "fichiers", /, **fields: str) -> bytes:
    """The body of a form with files, its token first; no token when `csrf` is None."""
    first = {} if csrf is None else {"csrf": csrf}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {**first, **fields}.items()
    ]
    for name, content in files:
        head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(browser: Browser, files: Sequence[File] = ESTATE, **fields: str) -> httpx.Response:
    """Send files to be checked."""
    return browser.post("/import", content=form(browser.csrf(), files, **fields), headers=MULTIPART)


def checked(browser: Browser, files: Sequence[File] = ESTATE, **fields: str) -> str:
    """Send files and wait for their check; its id."""
    answer = send(browser, files, **fields)
    assert answer.status_code == 303, answer.text
    identifier = answer.headers["location"].removeprefix("/import/")
    finished(identifier)
    return str(identifier)


def finished(identifier: str) -> None:
    """Wait for the work under way on sent files."""
    deadline = time.monotonic() + 60
    while jobs.is_running(identifier):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def imported(browser: Browser, files: Sequence[File] = ESTATE, **fields: str) -> None:
    """Send files, check them and import them."""
    identifier = checked(browser, files, **fields)
    assert browser.submit(f"/import/{identifier}/importer").status_code == 303
    finished(identifier)


def left(store: Store) -> list[Path]:
    """What is kept of sent files, every file of it."""
    root = store.home / "uploads"
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []
