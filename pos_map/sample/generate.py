"""Write the files of the sample estate: `python -m pos_map.sample.generate [FOLDER]`.

Seeded: the CSV files come out with the same bytes and the workbook with the same cells every time.
The files take the forms found in real bodies: French CSV of the State's format for the machine rooms,
one workbook for the map, the office equipment and the AI use cases.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pos_map.columns import (
    ASSETS,
    DATA_CENTRES,
    FLOWS,
    LINKS,
    MACHINES,
    MAP,
    ORGANISATIONS,
    PLACEMENTS,
    PLATFORM_KEYS,
    READINGS,
    SERVICES,
    TERMINALS,
    USE_CASES,
    Table,
)
from pos_map.sample import beside, records
from pos_map.sample.cases import USE_CASES as CASES
from pos_map.sample.draws import Draws
from pos_map.sample.hosts import CENTRES, Record, equipment
from pos_map.sample.landscape import MapLine, map_lines
from pos_map.sample.machines import hosting, park
from pos_map.sample.terminals import terminal_lines

SEED = 2026
WORKBOOK = "pos_et_terminaux.xlsx"
_OWNERS = {
    "Relation et échanges": "Direction de la relation avec les assurés",
    "Acquisition et restitution": "Direction des échanges de données",
    "Opérations métier": "Direction des prestations",
    "Référentiels": "Direction des référentiels",
    "Gisements et décisionnel": "Direction de la donnée",
    "Pilotage": "Direction de la stratégie",
    "Ressources": "Secrétariat général",
    "Socle technique et sécurité": "Direction du système d'information",
}
_BRANCHES = {"Prestations": "maladie", "Recouvrement": "recouvrement", "Action sociale": "maladie"}
_STATUSES = {"RESUME-COURRIER": "en projet", "CARTE-SANTE": "en décroissance", "HUISSIERS": ""}
_Value = str | int | float | None
# A table, the title written above it, its rows by header.
_Sheet = tuple[Table, str, Sequence[Mapping[str, _Value]]]


def write(folder: Path) -> list[Path]:
    """Write the five files of the sample in `folder`; returns their paths. Raises OSError."""
    draws = Draws(SEED)
    lines = map_lines()
    rows = equipment(draws)
    built = park(draws, lines)
    paths = [
        _write_csv(folder / "1-datacenters.csv", DATA_CENTRES, CENTRES),
        _write_csv(folder / "2-equipements_physiques.csv", ASSETS, rows),
        _write_csv(folder / "3-equipements_virtuels.csv", MACHINES, built.machines),
        _write_csv(folder / "4-applications.csv", LINKS, built.links),
    ]
    sheets: list[_Sheet] = [
        (MAP, "plan d'occupation des sols", [_map_row(line) for line in lines]),
        (TERMINALS, "terminaux par type et par site", list(_terminal_rows(draws))),
        (USE_CASES, "cas d'usage de l'IA et automates", CASES),
        (READINGS, "relevés de compteurs de la salle Nord", beside.READINGS),
        (SERVICES, "services achetés en ligne", beside.SERVICES),
        (PLATFORM_KEYS, "qui porte les plateformes partagées", beside.PLATFORM_KEYS),
        (PLACEMENTS, "applications sur plusieurs îlots", records.PLACEMENTS),
        (FLOWS, "flux entre applications", records.FLOWS),
        (ORGANISATIONS, "organismes et fusions", records.ORGANISATIONS),
    ]
    return [*paths, _write_workbook(folder / WORKBOOK, sheets)]


def _write_csv(path: Path, table: Table, rows: Iterable[Record]) -> Path:
    """A CSV as a French spreadsheet saves it: semicolons, UTF-8 with its mark."""
    rows = list(rows)
    headers = _filled(table, rows)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, headers, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _filled(table: Table, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """The columns a body would have: those some row fills."""
    filled = {header for row in rows for header, value in row.items() if value not in (None, "")}
    return [column.header for column in table.columns if column.header in filled]


def _map_row(line: MapLine) -> dict[str, _Value]:
    return {
        "code application": line.code,
        "nom": line.name,
        "zone": line.zone,
        "quartier": line.quartier,
        "îlot": line.ilot,
        "propriétaire": _OWNERS[line.zone],
        "branche": "retraite" if "retraite" in line.ilot else _BRANCHES.get(line.quartier, "transverse"),
        "statut": _STATUSES.get(line.code, "en service"),
        "hébergement": hosting(line),
        "périmètre": line.perimeter,
        "utilisateurs": line.users,
        "acte fonctionnel": line.act,
        "volume annuel d'actes": line.volume,
        **records.RECORDS.get(line.code, {}),
    }


def _terminal_rows(draws: Draws) -> Iterator[dict[str, _Value]]:
    headers = ("type", "modèle", "site", "entité", "quantité", "année d'achat", "taux professionnel", "pays")
    for line in terminal_lines(draws):
        yield dict(zip(headers, line, strict=True))


def _write_workbook(path: Path, sheets: Sequence[_Sheet]) -> Path:
    """One sheet a table, a title above its header, as people lay them out."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = datetime(2026, 1, 1)
    for table, title, rows in sheets:
        sheet = book.create_sheet(table.sheet)
        rows = list(rows)
        headers = _filled(table, rows)
        sheet.append([f"Caisse Exemple (organisme fictif) : {title}"])
        sheet.append([])
        sheet.append(headers)
        for row in rows:
            sheet.append([row.get(header) for header in headers])
        sheet["A1"].font = Font(bold=True, size=14)
        for cell in sheet[3]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = 24
        sheet.freeze_panes = "A4"
    book.save(path)
    return path


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for written in write(target):
        print(written)
