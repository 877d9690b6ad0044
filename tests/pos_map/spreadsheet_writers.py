"""Write a table in each spreadsheet format, for round trips and fuzzing."""

import csv
import random
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def write_csv(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])


def write_xlsx(path: Path, rows: Rows) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    for row in rows:
        sheet.append(list(row))
    book.save(path)


def write_ods(path: Path, rows: Rows) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    table = Table(name="Table")
    for row in rows:
        line = TableRow()
        for cell in row:
            if cell is None:
                line.addElement(TableCell())
                continue
            if isinstance(cell, date):
                made = TableCell(valuetype="date", datevalue=cell.isoformat())
            elif isinstance(cell, (int, float)):
                made = TableCell(valuetype="float", value=repr(cell))
            else:
                made = TableCell(valuetype="string")
            made.addElement(P(text=str(cell)))
            line.addElement(made)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(path)


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "ods": write_ods}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, cut out, repeated or cut off."""
    body = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if not body:
            break
        at = chance.randrange(len(body))
        kind = chance.randrange(5)
        if kind == 0:
            body[at] = chance.randrange(256)
        elif kind == 1:
            del body[at : at + chance.randint(1, 64)]
        elif kind == 2:
            body[at:at] = body[at : at + chance.randint(1, 64)]
        elif kind == 3:
            body[at:at] = chance.choice(
                [b"\0", b'"', b";", b"<", b"&e;", b"\xff\xfe", b"9" * 40, b"\n", b"]]>"]
            )
        else:
            del body[at:]
    return bytes(body)


def mutated_archive(path: Path, target: Path, chance: random.Random) -> None:
    """A workbook with one of its parts changed inside, or its zip itself."""
    if chance.random() < 0.3:
        target.write_bytes(mutated(path.read_bytes(), chance))
        return
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as out:
        names = source.namelist()
        spoiled = chance.choice(names)
        for name in names:
            data = source.read(name)
            out.writestr(name, mutated(data, chance) if name == spoiled else data)
