"""The results of the compatible mode (M12) in the layout of G4IT's export, to set side by side with one.

Three files, separated by semicolons: ind_physical_equipment.csv, ind_virtual_equipment.csv, ind_application.csv,
with the columns of G4IT in its order. What G4IT takes from its own database (identifiers of task and
organisation, time of the calculation) is taken from the campaign, never from the clock.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from footprint.assessment.numecoeval import Compatible
from footprint.errors import FootprintError
from footprint.numecoeval_text import error_sentence

STEPS = {
    "MANUFACTURING": "FABRICATION",
    "TRANSPORTATION": "DISTRIBUTION",
    "USING": "UTILISATION",
    "END_OF_LIFE": "FIN_DE_VIE",
}
PHYSICAL = (
    "inventoryName;calculationDate;batchDate;batchName;acvStep;criteria;source;indicatorStatus;trace;"
    "calculationVersion;averagePowerConsumption;unitImpact;quantity;physicalEquipmentStatus;equipmentType;unit;"
    "entityName;organizationName;dataSourceName;equipmentName;entityNameDiscriminator;batchDateDiscriminator;"
    "organizationNameDiscriminator;dataSourceNameDiscriminator;sipImpact;dureeUtilisation"
)
VIRTUAL = (
    "inventoryName;calculationDate;batchDate;batchName;acvStep;criteria;organizationName;dataSourceName;"
    "equipmentName;virtualEquipmentName;infrastructureType;provider;instanceType;entityName;source;indicatorStatus;"
    "trace;type;calculationVersion;unitImpact;unit;averagePowerConsumption;cluster;batchDateDiscriminator;"
    "organizationNameDiscriminator;entityNameDiscriminator;dataSourceNameDiscriminator;sipImpact"
)
APPLICATION = (
    "inventoryName;calculationDate;batchDate;batchName;acvStep;criteria;organizationName;dataSourceName;"
    "applicationName;environmentType;physicalEquipmentName;virtualEquipmentName;entityName;source;indicatorStatus;"
    "trace;calculationVersion;domain;subDomain;unitImpact;unit;averagePowerConsumption;batchDateDiscriminator;"
    "organizationNameDiscriminator;entityNameDiscriminator;dataSourceNameDiscriminator;sipImpact"
)

Record = dict[str, Any]


def export(compatible: Compatible, folder: Path, organisation: str, year: int) -> tuple[Path, ...]:
    """Write the three files of a campaign in `folder`, made when absent; returns their paths.

    Raises FootprintError when the folder can't be written.
    """
    campaign = {
        "inventoryName": organisation,
        "calculationDate": f"{year}-12-31 00:00:00.000",
        "batchDate": f"{year}-12-31",
        "batchName": year,
        "organizationName": organisation,
        "batchDateDiscriminator": f"{year}-12-31",
        "organizationNameDiscriminator": organisation,
    }
    files = (
        ("ind_physical_equipment.csv", PHYSICAL, map(_physical, compatible.physical.to_pylist())),
        ("ind_virtual_equipment.csv", VIRTUAL, map(_virtual, compatible.virtual.to_pylist())),
        ("ind_application.csv", APPLICATION, map(_application, compatible.applications.to_pylist())),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(
            _write(folder / name, header, ({**campaign, **record} for record in records))
            for name, header, records in files
        )
    except OSError as error:
        from pos_map.reasons import reason

        fr, en = reason(error)
        raise FootprintError(
            f"Impossible d’écrire dans {folder} : {fr}. Choisissez un autre dossier.",
            f"Can't write in {folder}: {en}. Choose another folder.",
        ) from error


def _write(path: Path, header: str, records: Iterable[Mapping[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header.split(";"))
        writer.writerows(_cells(header.split(";"), records))
    return path


def _cells(header: list[str], records: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    for record in records:
        cells = (record.get(name) for name in header)
        yield ["" if cell is None else str(cell) for cell in cells]


def _common(row: Record) -> Record:
    return {
        "acvStep": STEPS[row["step"]],
        "criteria": row["label"] or row["criterion"],
        "indicatorStatus": row["status"],
        "trace": _trace(row),
        "calculationVersion": "1.1",
        "averagePowerConsumption": row["kwh"],
        "unitImpact": row["amount"],
        "unit": row["unit"],
        "entityName": row["entity"],
        "entityNameDiscriminator": row["entity"],
        "sipImpact": row["people_eq"],
    }


def _physical(row: Record) -> Record:
    return {
        **_common(row),
        "calculationVersion": "1.0",
        "quantity": row["quantity"],
        "physicalEquipmentStatus": row["state"],
        "equipmentType": row["type"],
        "equipmentName": row["asset"],
    }


def _virtual(row: Record) -> Record:
    return {
        **_common(row),
        "equipmentName": row["asset"],
        "virtualEquipmentName": row["machine"],
        "infrastructureType": "NON_CLOUD_SERVERS",
        "type": row["kind"],
        "cluster": row["cluster"],
    }


def _application(row: Record) -> Record:
    return {
        **_common(row),
        "applicationName": row["application"],
        "environmentType": row["environment"],
        "physicalEquipmentName": row["asset"],
        "virtualEquipmentName": row["machine"],
        "domain": row["domain"],
        "subDomain": row["sub_domain"],
    }


def _trace(row: Record) -> str:
    """The formula with its numbers, or what went wrong, as JSON."""
    told = (
        {"erreur": error_sentence(row["error"], row["error_value"])}
        if row["error"]
        else {"formule": row["formula"]}
    )
    return json.dumps(told, ensure_ascii=False)
