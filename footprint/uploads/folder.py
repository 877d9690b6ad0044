"""The folders of sent files, under the home of the store: one a check, for who sent it, for a day.

uploads/ID/files/…       the files, under names made safe
uploads/ID/manifest.json who, when, for which campaign, how to read them
uploads/ID/check.json    what checking them found (checking.py)
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from footprint.errors import UnknownSubject
from footprint.store.database import Store, plain_errors

Mode = Literal["replace", "complete"]
ID = re.compile(r"[0-9a-f]{32}")
KEPT_S = 24 * 3600
"""How long what was sent is kept."""
KEPT_EACH = 5
"""How many checks a person has at a time; the oldest goes."""
_LONGEST_NAME = 100
_KEPT_SIGNS = " -_.,()+&'’"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """Files sent by `login` to be imported into a campaign; `profile` is a name, "" to find out."""

    id: str
    folder: Path
    login: str
    at: float
    campaign: int
    mode: Mode
    profile: str = ""

    def paths(self) -> list[Path]:
        """The files, by name."""
        return sorted((self.folder / "files").iterdir())

    def write(self, name: str, value: Any) -> None:
        """Keep a value beside the files, whole or not at all."""
        draft = self.folder / f".{name}-{secrets.token_hex(4)}"
        draft.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        draft.replace(self.folder / name)

    def read(self, name: str) -> Any:
        """A value kept, None when there is none."""
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None


def begin(store: Store) -> tuple[str, Path]:
    """A new folder for what is about to come, known to nobody until `keep`: its id, and where files go."""
    purge(store)
    identifier = secrets.token_hex(16)
    with plain_errors(store.home):
        _root(store).mkdir(mode=0o700, exist_ok=True)
        files = _root(store) / identifier / "files"
        files.parent.mkdir(mode=0o700)
        files.mkdir(mode=0o700)
    return identifier, files


def keep(store: Store, identifier: str, login: str, campaign: int, mode: Mode, profile: str = "") -> Upload:
    """Give a folder to who sent its files."""
    upload = Upload(identifier, _root(store) / identifier, login, time.time(), campaign, mode, profile)
    for older in mine(store, login)[KEPT_EACH - 1 :]:
        remove(older)
    _write_manifest(upload)
    return upload


def change(upload: Upload, **values: str) -> Upload:
    """The same files, to be read another way."""
    changed = replace(upload, **values)  # type: ignore[arg-type]
    _write_manifest(changed)
    return changed


def find(store: Store, identifier: str, login: str) -> Upload:
    """The files this person sent under this id. Raises UnknownSubject: not there, or someone else's."""
    found = _load(_root(store) / identifier) if ID.fullmatch(identifier) else None
    if found is None or found.login != login or found.at < time.time() - KEPT_S:
        raise UnknownSubject("vérification", "check", identifier)
    return found


def mine(store: Store, login: str) -> list[Upload]:
    """What a person sent and has neither imported nor given up, the newest first."""
    folders = _root(store).iterdir() if _root(store).is_dir() else ()
    found = [upload for folder in folders if (upload := _load(folder)) and upload.login == login]
    return sorted(found, key=lambda upload: -upload.at)


def remove(upload: Upload) -> None:
    """Remove the files and all that was found of them."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def discard(store: Store, identifier: str) -> None:
    """Remove a folder that was not kept."""
    shutil.rmtree(_root(store) / identifier, ignore_errors=True)


def purge(store: Store) -> None:
    """Remove what was sent more than a day ago."""
    limit = time.time() - KEPT_S
    for folder in _root(store).iterdir() if _root(store).is_dir() else ():
        try:
            old = folder.stat().st_mtime < limit
        except FileNotFoundError:
            continue
        if old:
            shutil.rmtree(folder, ignore_errors=True)


def safe_name(given: str, taken: Collection[str]) -> str:
    """A name for a file that leads nowhere and keeps its suffix, unlike those `taken`."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    kept = "".join(sign if sign.isalnum() or sign in _KEPT_SIGNS else "_" for sign in last).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    stem, suffix = (stem, suffix[:12]) if dot else (kept, "")
    stem = stem.strip(" .")[:_LONGEST_NAME] or "fichier"
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    lowered = {name.casefold() for name in taken}
    for rank in range(1, len(lowered) + 2):
        name = f"{stem} ({rank})" if rank > 1 else stem
        name = f"{name}.{suffix}" if suffix else name
        if name.casefold() not in lowered:
            return name
    raise AssertionError("one of them is free")


def _root(store: Store) -> Path:
    return store.home / "uploads"


def _write_manifest(upload: Upload) -> None:
    kept = {name: value for name, value in asdict(upload).items() if name not in ("id", "folder")}
    upload.write("manifest.json", kept)


def _load(folder: Path) -> Upload | None:
    try:
        kept = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Upload(folder.name, folder, **kept)
