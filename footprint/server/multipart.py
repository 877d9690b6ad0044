"""A form with files, written to a folder as it arrives: nothing of a client's name leads anywhere.

Memory holds one block at a time, whatever is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from footprint.server.upload_door import FILE_BYTES, FILES, TOTAL_BYTES, TurnedAway, boundary_of, too_large

FIELDS = 2_000
FIELD_BYTES = 64 * 1024
QUIET_S = 60.0
"""How long a sender may stay silent."""


@dataclass(slots=True)
class Sent:
    """What a form held: the values of its fields, and its files as (field, path written)."""

    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: list[tuple[str, Path]] = field(default_factory=list)


async def received(request: Request, folder: Path, name: Callable[[str], str]) -> Sent:
    """Read a form and write its files into `folder`, each under the name that `name` gives it.

    Files left blank are not there. Raises TurnedAway: too large, too many, ill-formed, too slow.
    """
    writer = _Writer(folder, name)
    parser = MultipartParser(boundary_of(request) or "", writer.callbacks())  # type: ignore[arg-type]
    total = 0
    stream = request.stream()
    try:
        while True:
            chunk = await asyncio.wait_for(anext(stream), QUIET_S)
            total += len(chunk)
            if total > TOTAL_BYTES:
                raise too_large()
            parser.write(chunk)
            if writer.pending:
                await asyncio.to_thread(writer.flush)
    except StopAsyncIteration:
        pass
    except (FormParserError, UnicodeDecodeError, ValueError):
        raise _ill_formed() from None
    except (TimeoutError, ClientDisconnect):
        raise TurnedAway(408, "L’envoi s’est interrompu.", "The sending was interrupted.") from None
    finally:
        await asyncio.to_thread(writer.close)
    if not writer.ended:
        raise _ill_formed()
    return writer.sent


def _ill_formed() -> TurnedAway:
    return TurnedAway(400, "Ce formulaire est mal formé.", "This form is ill-formed.")


class _Writer:
    """The parts of a form, as the parser meets them; what is to be written waits in `pending`."""

    def __init__(self, folder: Path, name: Callable[[str], str]) -> None:
        self.sent = Sent()
        self.pending: list[tuple[BinaryIO, bytes]] = []
        self.ended = False
        self._folder = folder
        self._name = name
        self._open: list[BinaryIO] = []
        self._headers: dict[str, str] = {}
        self._header = [b"", b""]
        self._field = ""
        self._value = bytearray()
        self._file: BinaryIO | None = None
        self._skipped = False
        self._size = 0
        self._count = 0

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._collect(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._collect(1, data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": lambda data, start, end: self._data(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def flush(self) -> None:
        """Write what waits."""
        for file, data in self.pending:
            file.write(data)
        self.pending.clear()

    def close(self) -> None:
        """Write what waits and close every file."""
        self.flush()
        for file in self._open:
            file.close()

    def _begin(self) -> None:
        self._headers, self._field, self._value = {}, "", bytearray()
        self._file, self._skipped, self._size = None, False, 0
        self._count += 1
        if self._count > FIELDS:
            raise too_large()

    def _collect(self, which: int, data: bytes) -> None:
        self._header[which] += data

    def _header_end(self) -> None:
        name, value = self._header
        # What reads the options of a header knows latin-1 only: its bytes stay as they are until _utf8.
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        self._header = [b"", b""]

    def _headers_end(self) -> None:
        _kind, options = parse_options_header(self._headers.get("content-disposition", ""))
        said = {key.decode("latin-1"): value.decode("latin-1") for key, value in options.items()}
        self._field = _utf8(said.get("name", ""))
        if "filename" not in said:
            return
        given = _utf8(said["filename"])
        if not given:
            self._skipped = True  # a file field left blank
            return
        if len(self.sent.files) >= FILES:
            raise too_large()
        path = self._folder / self._name(given)
        self._file = path.open("xb")
        self._open.append(self._file)
        self.sent.files.append((self._field, path))

    def _data(self, data: bytes) -> None:
        self._size += len(data)
        if self._file is not None:
            if self._size > FILE_BYTES:
                raise too_large()
            self.pending.append((self._file, data))
        elif not self._skipped:
            if self._size > FIELD_BYTES:
                raise too_large()
            self._value += data

    def _end(self) -> None:
        if self._file is None and not self._skipped and self._field not in ("", "csrf"):
            values = self.sent.fields.get(self._field, ())
            self.sent.fields[self._field] = (*values, self._value.decode("utf-8", "replace"))

    def _finish(self) -> None:
        self.ended = True


def _utf8(text: str) -> str:
    """A header's text, which browsers write in UTF-8."""
    return text.encode("latin-1").decode("utf-8", "replace")
