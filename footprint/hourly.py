"""Hourly electricity profiles a body brings (M2): CSV files kept in its home.

Columns: zone, hour (UTC, 2025-01-01T00:00Z), value (any unit: only the shape counts), source. The yearly factor
stays that of the catalogue; the profile says how it moves from one hour to the next.

BadProfile    a file is refused, with its line, column, value and what was expected
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from factors import Catalogue, FactorError
from footprint.assessment.calendar import day
from footprint.assessment.profiles import EMPTY_PROFILE, normalised
from footprint.errors import FootprintError
from footprint.store.database import plain_errors

FOLDER = "profils"
COLUMNS = ("zone", "hour", "value", "source")
YEARS = range(2000, 2101)
LEAST_COVERAGE = 0.98
"""With more holes than that, a profile would be the shape of some of the hours only."""


class BadProfile(FootprintError):
    """A file of hourly values is refused."""


def keep(home: Path, file: Path, catalogue: Catalogue) -> tuple[str, ...]:
    """Check a file and keep it; the zones and years it covers ("FR 2025"). Raises BadProfile, StoreError.

    Files are numbered as they come: of two values of an hour, that of the last file kept counts.
    """
    found = sorted(_checked(file, catalogue))
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    with plain_errors(home):
        folder = home / FOLDER
        folder.mkdir(exist_ok=True)
        known = sorted(folder.glob("*.csv"))
        numbers = [int(first) for f in known if (first := f.name.partition("-")[0]).isdigit()]
        number = max(numbers, default=0) + 1
        draft = folder / ".draft"
        draft.write_bytes(content)
        draft.replace(folder / f"{number:06}-{digest}.csv")
        for before in known:
            if before.stem.endswith(f"-{digest}"):
                before.unlink()
    return tuple(f"{zone} {year}" for zone, year in found)


def profiles_of(home: Path, year: int, catalogue: Catalogue) -> pa.Table:
    """The profiles kept for a year, of mean 1 by zone (assessment.profiles). Raises BadProfile."""
    rows: dict[tuple[str, int], float] = {}
    first, after = day(year) * 24, day(year + 1) * 24
    for file in sorted((home / FOLDER).glob("*.csv")):
        for _line, zone, hour, value in _rows(file, catalogue):
            if first <= hour < after:
                rows[zone, hour] = value
    if not rows:
        return EMPTY_PROFILE
    zones, hours = zip(*rows, strict=True)
    values = pa.array(list(rows.values()), pa.float64())
    return normalised(
        pa.table({"zone": pa.array(zones), "hour": pa.array(hours, pa.int64()), "value": values})
    )


def _checked(file: Path, catalogue: Catalogue) -> set[tuple[str, int]]:
    """Zones and years of a file, each covered nearly whole."""
    hours: dict[tuple[str, int], set[int]] = {}
    for line, zone, hour, _value in _rows(file, catalogue):
        year = datetime.fromtimestamp(hour * 3600, UTC).year
        seen = hours.setdefault((zone, year), set())
        if hour in seen:
            written = datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y-%m-%dT%H:%MZ")
            raise _bad(
                file,
                line,
                "hour",
                written,
                f"une valeur par heure pour {zone}",
                f"one value an hour for {zone}",
            )
        seen.add(hour)
    for (zone, year), seen in hours.items():
        whole = (day(year + 1) - day(year)) * 24
        least = math.ceil(LEAST_COVERAGE * whole)
        if len(seen) < least:
            raise BadProfile(
                f"{file.name} : {len(seen)} heures sur {whole} pour {zone} en {year}, il en faut {least} : "
                "complétez l’année.",
                f"{file.name}: {len(seen)} hours of {whole} for {zone} in {year}, {least} are needed: complete "
                "the year.",
            )
    if not hours:
        raise BadProfile(f"{file.name} ne contient aucune heure.", f"{file.name} holds no hour.")
    return set(hours)


def _rows(file: Path, catalogue: Catalogue) -> Iterator[tuple[int, str, int, float]]:
    """Line, zone, hour and value of each row. Raises BadProfile at the first that is wrong."""
    zones: dict[str, str] = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadProfile(
            f"{file} n’est pas un fichier : vérifiez le chemin.", f"{file} is not a file: check the path."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadProfile(
            f"{file} ne se lit pas : un CSV en UTF-8 est attendu.",
            f"{file} can't be read: a UTF-8 CSV is expected.",
        ) from error
    separator = ";" if lines and ";" in lines[0] else ","
    reader = _cells(csv.reader(lines, delimiter=separator), file)
    names = [name.strip() for name in next(reader, [])]
    if missing := [name for name in COLUMNS if name not in names]:
        raise BadProfile(
            f"{file.name}, ligne 1 : il manque {', '.join(missing)} ; attendu : {', '.join(COLUMNS)}.",
            f"{file.name}, line 1: {', '.join(missing)} missing; expected: {', '.join(COLUMNS)}.",
        )
    for line, cells in enumerate(reader, start=2):
        if not any(cells):
            continue
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        if not row.get("source"):
            raise _bad(file, line, "source", "", "la source de la valeur", "the source of the value")
        zone = row.get("zone", "")
        if zone not in zones:
            zones[zone] = _zone(file, line, zone, catalogue)
        hour, value = row.get("hour", ""), row.get("value", "")
        yield line, zones[zone], _hour(file, line, hour), _value(file, line, value)


def _cells(reader: Iterator[list[str]], file: Path) -> Iterator[list[str]]:
    """The rows of a CSV. Raises BadProfile where one can't be cut into cells (one without end, say)."""
    try:
        yield from reader
    except csv.Error as error:
        raise BadProfile(
            f"{file.name} n’est pas un CSV bien formé : {error}.",
            f"{file.name} is not well-formed CSV: {error}.",
        ) from error


def _zone(file: Path, line: int, written: str, catalogue: Catalogue) -> str:
    try:
        return catalogue.zone(written)
    except FactorError as error:
        near = ", ".join(getattr(error, "near", ()))
        fr, en = ("une zone connue", "a known zone")
        raise _bad(file, line, "zone", written, f"{fr} {near}", f"{en} {near}") from error


def _hour(file: Path, line: int, written: str) -> int:
    fr, en = "une heure juste, UTC : 2025-01-01T00:00Z", "a full hour, UTC: 2025-01-01T00:00Z"
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise _bad(file, line, "hour", written, fr, en) from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if moment.year not in YEARS or moment.minute or moment.second or moment.microsecond:
        raise _bad(file, line, "hour", written, fr, en)
    return int(moment.timestamp() // 3600)


def _value(file: Path, line: int, written: str) -> float:
    try:
        value = float(written.replace(",", "."))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise _bad(file, line, "value", written, "un nombre d’au moins 0", "a number of at least 0")
    return value


def _bad(file: Path, line: int, column: str, value: str, fr: str, en: str) -> BadProfile:
    return BadProfile(
        f"{file.name}, ligne {line}, colonne {column} : « {value} » refusé ; attendu : {fr.strip()}.",
        f"{file.name}, line {line}, column {column}: “{value}” refused; expected: {en.strip()}.",
    )
