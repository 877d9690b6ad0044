"""What reading lets through fits in the store: PostgreSQL refuses what is longer than its column, SQLite does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from footprint.store.content import TABLES, fields
from pos_map import gather
from pos_map.columns.lengths import LONGEST

# Words of a list, codes made here, and what is never read as it is written.
MADE = {("applications", "perimeter"), ("assets", "ownership"), ("machines", "kind"), ("placements", "node"),
        ("applications", "node"), ("nodes", "parent")}  # fmt: skip


def test_the_longest_text_read_fits_in_its_column() -> None:
    for name, table in TABLES.items():
        for field in fields(name):
            held = getattr(table.__table__.c[field].type, "length", None)  # type: ignore[attr-defined]
            if held is not None and (name, field) not in MADE:
                assert LONGEST[field] <= held, (name, field)


@pytest.mark.parametrize("field", ["nom", "zone", "statut"])
def test_a_text_too_long_says_so(tmp_path: Path, field: str) -> None:
    path = tmp_path / "pos.csv"
    values = {"code application": "A", "nom": "A", "zone": "Z", "statut": "s", field: "x" * 400}
    path.write_text(";".join(values) + "\n" + ";".join(values.values()) + "\n", encoding="utf-8")
    (fault,) = gather([path]).errors
    assert (fault.code, fault.column, fault.line) == ("too-long", field, 2)


def test_codes_of_long_labels_stay_short(tmp_path: Path) -> None:
    path = tmp_path / "pos.csv"
    labels = ";".join(f"{'libellé très long ' * 15}{level}" for level in range(5))
    header = "code application;nom;zone;quartier;îlot;bloc;sous-bloc"
    path.write_text(f"{header}\nA;A;{labels}\nB;B;{labels}2\n", encoding="utf-8")
    found = gather([path])
    assert not found.errors
    assert len({node.code for node in found.inventory.nodes}) == 6
    assert max(len(node.code) for node in found.inventory.nodes) <= 300
