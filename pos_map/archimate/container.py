"""Get the XML out of an .archimate file: plain, or model.xml in a zip, bounded by the bytes really read."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from pos_map.archimate.markup import LIMIT_BYTES, too_large
from pos_map.grids import Unreadable

MODEL_ENTRY = "model.xml"
# XML packs ten to thirty times; a thousand is an attack. Small files may pack as they like.
LIMIT_RATIO = 200
_SMALL_BYTES = 10 * 1024 * 1024
_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


def is_zip(head: bytes) -> bool:
    """Whether bytes start as a zip."""
    return head[:4] == b"PK\x03\x04"


def model_bytes(path: Path) -> bytes:
    """The XML of a file, out of its zip. Raises Unreadable, OSError."""
    if path.stat().st_size > LIMIT_BYTES:
        raise too_large()
    return unpacked(path.read_bytes())


def model_head(path: Path) -> bytes:
    """The first 64 KiB of the XML of a file; b"" for a zip of something else. Raises Unreadable, OSError."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        if not is_zip(head):
            return head
        try:
            with zipfile.ZipFile(stream) as archive:
                return entry_bytes(archive, _model_entry(archive), _HEAD_BYTES)
        except DAMAGE as cause:
            raise damaged() from cause


def unpacked(data: bytes) -> bytes:
    """The XML in bytes that may be a zip. Raises Unreadable."""
    if not is_zip(data):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return entry_bytes(archive, _model_entry(archive))
    except DAMAGE as cause:
        raise damaged() from cause


def entry_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, at_most: int | None = None) -> bytes:
    """The bytes of an entry. Raises Unreadable beyond the limits; what zipfile raises for damage."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged()
    chunks, size = [], 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK_BYTES if at_most is None else at_most):
            chunks.append(chunk)
            size += len(chunk)
            if at_most is not None:
                break
            # The size an entry declares may lie: what counts is what came out.
            if size > LIMIT_BYTES or (
                size > _SMALL_BYTES and size > LIMIT_RATIO * max(entry.compress_size, 1)
            ):
                raise too_large()
    return b"".join(chunks)


def _model_entry(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    for entry in archive.infolist():
        if entry.filename == MODEL_ENTRY:
            return entry
    raise Unreadable(
        "not-archi",
        f"Ce zip ne contient pas {MODEL_ENTRY} : ce n'est pas un modèle Archi.",
        f"This zip holds no {MODEL_ENTRY}: it is not an Archi model.",
    )


def damaged() -> Unreadable:
    """The refusal of a zip that cannot be unpacked."""
    return Unreadable(
        "unreadable",
        "Le fichier .archimate est un zip endommagé ou chiffré : réenregistrez-le depuis Archi.",
        "The .archimate file is a damaged or encrypted zip: save it again from Archi.",
    )
