"""Send the finished records of the spool to a server: `footprint push --server URL --token-file F`.

Each file is independent and goes at most once: it is marked (`<run>.pushed`, with the server's address) only
after the server has said that its transaction is committed; a failure at any moment leaves it to be sent
again, which changes nothing where it had arrived. Nothing is ever deleted. A record the server refuses is
not offered again for a day (`<run>.refused`), unless its file changes.

Only lines and fields of ours leave this machine (collectors.spool.FIELDS); bad ones go to the quarantine here.
The token goes over https, or http to this very machine, and never follows a redirection. Proxies are those of
HTTPS_PROXY and NO_PROXY. Standard library only.
"""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from collectors.spool import FIELDS, SUFFIX, SpoolLog, compact, is_being_written, read_spool
from footprint.home import spool_dir
from footprint.records.posting import Answer, Poster, PushFailed
from footprint.records.quarantine import SetAside, Unusable, keep_lines, move_whole
from footprint.records.runs import id_of, mark_pushed, not_a_record, pushed_to, result_of
from footprint.texts import say

__all__ = ("PushFailed", "Pushed", "Refused", "push")

LARGEST_RECORD = 32 * 1024 * 1024
"""Bytes a server takes; a larger record is thinned on its way (its samples are cumulative: none is lost)."""
REFUSED_SUFFIX = ".refused"
_OFFER_AGAIN_S = 86400.0
_MOST_FAILURES = 3
"""Records in a row a server may fail on before it is left alone."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record the server will not take, and why, in both languages."""

    run_id: str
    fr: str
    en: str

    def __str__(self) -> str:
        return say(f"{self.run_id} : {self.fr}", f"{self.run_id}: {self.en}")


@dataclass(slots=True)
class Pushed:
    """What one pass did, by run id: sent now, already there, refused, still waiting (or being recorded).

    `aside`: what was put in the quarantine on the way.
    """

    sent: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)


def push(
    home: Path | None, url: str, token: str, *, timeout_s: float = 30.0, ca: Path | None = None
) -> Pushed:
    """Send what is finished and not yet there. `home`: None for the default; `ca`: certificates to trust (PEM).

    Raises PushFailed when the server can't be reached, will not have the token, or fails on every record;
    its `done` says what had gone through, and another push takes up from there.
    """
    poster = Poster(url, token, timeout_s=timeout_s, ca=ca)
    done = Pushed()
    failures = 0
    paths = sorted(spool_dir(home).glob(f"*{SUFFIX}"))
    for number, path in enumerate(paths, 1):
        found = _outgoing(path, home, poster.place, done)
        if found is None:
            continue
        run_id, record = found
        try:
            answer = poster.post(run_id, record)
        except PushFailed as failed:
            failures += 1
            done.waiting.append(run_id)
            if failed.final or failures >= _MOST_FAILURES:
                left = (rest.name.removesuffix(SUFFIX) for rest in paths[number:])
                done.waiting += [name for name in left if not pushed_to(name, home, poster.place)]
                failed.done = done
                raise
            continue
        failures = 0
        _note(home, path, poster.place, run_id, answer, done)
    return done


def _outgoing(path: Path, home: Path | None, place: str, done: Pushed) -> tuple[str, bytes] | None:
    """What to send of a file, under which id; None when there is nothing to send of it now."""
    name = path.name.removesuffix(SUFFIX)
    if pushed_to(name, home, place):
        return None
    refusal = _refused_before(path, place)
    if refusal is not None:
        done.refused.append(refusal)
        return None
    try:
        reason = not_a_record(path)
        if reason is not None:
            raise Unusable(reason)
        under_way = is_being_written(path, now=time.time())  # before reading, as records.ingest
        log = read_spool(path)
        if log.result is None and log.end is None and under_way:
            done.waiting.append(name)
            return None
        if result_of(log)["state"] == "failed":
            if any(reason != "tronquée" for _, reason in log.bad):
                raise Unusable("sans_energie")
            return None
        run_id = id_of(path, log)
        if log.bad:
            done.aside.append(keep_lines(path, log.bad))
        return run_id, _fitting(path.name, _ours(path.read_bytes(), log))
    except Unusable as bad:
        done.aside.append(move_whole(path, bad.reason))
    except OSError:
        done.aside.append(SetAside(path.name, {"droits": 1}, whole=True))
    return None


def _note(home: Path | None, path: Path, place: str, run_id: str, answer: Answer, done: Pushed) -> None:
    if answer.result == "refused":
        refusal = Refused(run_id, answer.fr, answer.en)
        done.refused.append(refusal)
        _remember(path, place, refusal)
        return
    (done.sent if answer.result == "stored" else done.already).append(run_id)
    # The mark may be lost (a full disk): the record is then offered again, and is "already there".
    with suppress(OSError):
        mark_pushed(path.name.removesuffix(SUFFIX), home, place)
        path.with_suffix(REFUSED_SUFFIX).unlink(missing_ok=True)


def _ours(content: bytes, log: SpoolLog) -> bytes:
    """The good lines, with our fields alone."""
    bad = {number for number, _ in log.bad}
    kept = []
    for number, raw in enumerate(content.split(b"\n"), 1):
        if not raw.strip() or number in bad:
            continue
        line = json.loads(raw)
        allowed = FIELDS[line["kind"]] | {"v", "seq", "kind"}
        if not line.keys() <= allowed:
            line = {name: value for name, value in line.items() if name in allowed}
            raw = json.dumps(line, separators=(",", ":")).encode()
        kept.append(raw + b"\n")
    return b"".join(kept)


def _fitting(name: str, content: bytes) -> bytes:
    """The record, thinned to one sample a minute, then an hour, when a server would find it too large."""
    if len(content) <= LARGEST_RECORD:
        return content
    with tempfile.TemporaryDirectory(prefix="footprint-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        for every_s in (60.0, 3600.0):
            compact(path, every_s)
            if path.stat().st_size <= LARGEST_RECORD:
                break
        return path.read_bytes()


def _state_of(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _remember(path: Path, place: str, refusal: Refused) -> None:
    note = {"server": place, "file": _state_of(path), "at": time.time(), "fr": refusal.fr, "en": refusal.en}
    with suppress(OSError):
        path.with_suffix(REFUSED_SUFFIX).write_text(json.dumps(note), encoding="ascii")


def _refused_before(path: Path, place: str) -> Refused | None:
    """The refusal of the last day for this same file and server, None when it is to be offered."""
    try:
        note = json.loads(path.with_suffix(REFUSED_SUFFIX).read_text(encoding="ascii"))
        fresh = 0 <= time.time() - float(note["at"]) < _OFFER_AGAIN_S
        if not fresh or note["server"] != place or note["file"] != _state_of(path):
            return None
        return Refused(path.name.removesuffix(SUFFIX), str(note["fr"]), str(note["en"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
