"""Tell what a file is by its first bytes, and refuse in plain words what cannot be read."""

from __future__ import annotations

from pathlib import Path

from pos_map.grids import Unreadable
from pos_map.packages import damaged, protected

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HEAD_BYTES = 4096
_CHUNK_BYTES = 1 << 20
# The name of the stream that holds an encrypted .xlsx inside an OLE file.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Formats named by their suffix, that hold no table.
_BINARY_SUFFIXES = frozenset(
    {".pdf", ".doc", ".docx", ".png", ".jpg", ".jpeg", ".gif", ".zip", ".7z", ".rar"}
)


def head_of(path: Path) -> bytes:
    """The first bytes of a file. Raises OSError."""
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def is_zip(head: bytes) -> bool:
    """Whether the first bytes are those of a zip archive, hence of a modern workbook."""
    return head.startswith(_ZIP)


def refuse_old(path: Path, head: bytes) -> None:
    """Raise Unreadable for the formats that must be saved otherwise: .xls, .xlsb, XML or HTML tables."""
    if head.startswith(_OLE):
        raise protected() if _holds(path, _ENCRYPTED) else old_workbook()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table")):
        raise _not_a_workbook("une page HTML", "an HTML page")
    if start.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise _not_a_workbook("un classeur XML 2003", "an XML 2003 workbook")


def refuse_suffix(path: Path, head: bytes) -> None:
    """Raise Unreadable for a text that a suffix says to be something else."""
    if path.suffix.lower() in (".xlsx", ".xlsm", ".ods", ".ots", ".xlsb"):
        raise damaged()
    if path.suffix.lower() in _BINARY_SUFFIXES or head.startswith((b"%PDF", b"<?xml", b"{", b"[")):
        raise unknown_format(path)


def unknown_format(path: Path) -> Unreadable:
    """A file that is no table."""
    suffix = path.suffix.lower() or path.name
    return Unreadable(
        "unknown-format",
        f"Le format « {suffix} » n'est pas lu : enregistrez le fichier en .csv, en .xlsx ou en .ods.",
        f"The format “{suffix}” is not read: save the file as .csv, .xlsx or .ods.",
    )


def old_workbook() -> Unreadable:
    """A binary workbook, .xls or .xlsb."""
    return Unreadable(
        "old-workbook",
        "Ce classeur est dans un ancien format binaire (.xls ou .xlsb), qui n'est pas lu : ouvrez-le dans un "
        "tableur, puis Fichier > Enregistrer sous > Classeur Excel (.xlsx).",
        "This workbook is in an old binary format (.xls or .xlsb), which is not read: open it in a "
        "spreadsheet, then File > Save as > Excel workbook (.xlsx).",
    )


def _not_a_workbook(fr: str, en: str) -> Unreadable:
    return Unreadable(
        "old-workbook",
        f"Ce fichier est {fr}, souvent nommée .xls par l'outil qui l'exporte : ouvrez-le dans un tableur et "
        "enregistrez-le en .xlsx.".replace("nommée", "nommé" if fr.startswith("un ") else "nommée"),
        f"This file is {en}, often named .xls by the tool that exports it: open it in a spreadsheet and "
        "save it as .xlsx.",
    )


def _holds(path: Path, mark: bytes) -> bool:
    tail = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            if mark in tail + chunk:
                return True
            tail = chunk[-len(mark) :]
    return False
