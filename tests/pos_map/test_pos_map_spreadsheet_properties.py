"""Round trips of random tables in each format; thousands of spoiled files end in clear errors only.

FOOTPRINT_FUZZ sets how many files are spoiled for each format (100 without it).
"""

import os
import random
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spreadsheet_writers import WRITERS, mutated, mutated_archive

from pos_map import profiles, read, sources
from pos_map.inspecting import describe, inspect
from pos_map.profile_writing import to_profile
from pos_map.sources import Unreadable

HEADER = ["nomEquipementPhysique", "type", "quantite", "dateAchat", "ramGo", "modele", "paysDUtilisation"]
TEXT = st.text(
    alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters='"_\x85'),
    min_size=1,
    max_size=12,
).map(lambda text: " ".join(text.split()) or "x")
CELLS = st.tuples(
    TEXT,
    TEXT,
    st.integers(0, 10**6),
    st.none() | st.dates(date(1970, 1, 2), date(2099, 12, 31)),
    st.none() | st.floats(0, 1e9, allow_nan=False).map(lambda value: round(value, 4)),
    st.none() | TEXT,
    st.just("France"),
)
FUZZ = int(os.environ.get("FOOTPRINT_FUZZ", "100"))
EXPORTS = Path(__file__).parent / "data" / "profils"


def as_written(cell: object) -> object:
    """A cell whatever the format it was read from: text, number or day, None when blank."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if cell is None or cell == "":
        return None
    return float(cell) if isinstance(cell, (int, float)) else " ".join(str(cell).split())


def same(read_cell: object, cell: object) -> bool:
    found, wanted = as_written(read_cell), as_written(cell)
    if isinstance(wanted, float) and found is not None:
        return float(str(found)) == wanted
    return found == wanted


@pytest.mark.parametrize("form", sorted(WRITERS))
@settings(max_examples=25, deadline=None)
@given(rows=st.lists(CELLS, min_size=1, max_size=6))
def test_a_table_is_read_back_from_each_format(form: str, rows: list[tuple[object, ...]]) -> None:
    # openpyxl takes a leading "=" for a formula.
    rows = [tuple(f"x{cell}" if str(cell).startswith("=") else cell for cell in row) for row in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{form}"
        WRITERS[form](path, [HEADER, *rows])
        (sheet,) = sources.sheets(path)
        found = [cells for line, cells in sheet.rows if line > 1]
    assert sheet.header is not None
    assert sheet.header.score == len(HEADER)
    assert len(found) == len(rows)
    for cells, row in zip(found, rows, strict=True):
        padded = [*cells, *[None] * (len(row) - len(cells))]
        assert all(same(read_cell, cell) for read_cell, cell in zip(padded, row, strict=True)), (cells, row)


def sound_files(folder: Path, form: str) -> list[Path]:
    if form == "profile":
        return sorted(EXPORTS.iterdir())
    rows = [HEADER, *([f"S{n}", "Serveur", n, date(2021, 1, 1 + n), 64.5, "M", "France"] for n in range(12))]
    WRITERS[form](folder / f"sain.{form}", rows)
    return [folder / f"sain.{form}"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods", "profile"])
def test_spoiled_files_end_in_clear_errors_only(form: str, tmp_path: Path) -> None:
    chance = random.Random(f"{form} 5")
    sound = sound_files(tmp_path, form)
    for rank in range(FUZZ):
        source = chance.choice(sound)
        path = tmp_path / f"gâté{source.suffix}"
        if source.suffix == ".csv":
            path.write_bytes(mutated(source.read_bytes(), chance))
        else:
            mutated_archive(source, path, chance)
        _, faults = read([path])
        assert all(fault.fr and fault.en and fault.code for fault in faults), rank
        if rank % 5:
            # Inspecting costs more than reading: one file in five.
            continue
        with suppress(Unreadable):
            inspection = inspect(path)
            assert describe(inspection)
            assert to_profile(inspection).startswith("# Profil")


def test_spoiled_profiles_end_in_clear_errors_only(tmp_path: Path) -> None:
    chance = random.Random("profils 5")
    path = tmp_path / "p.yaml"
    folder = Path(profiles.__file__).parent
    sound = [file.read_bytes() for file in sorted(folder.glob("*.yaml")) if file.stat().st_size < 6_000]
    for _ in range(max(FUZZ // 5, 1)):
        path.write_bytes(mutated(chance.choice(sound), chance))
        with suppress(profiles.BadProfile):
            assert profiles.load(path).sheets
