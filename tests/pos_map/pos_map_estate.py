"""A sound estate that the tests spoil, and the type of the fixture that reads it."""

from collections.abc import Callable

from pos_map import Fault, Inventory

Reader = Callable[..., tuple[Inventory, list[Fault]]]

# A sound estate of four files: each test spoils one thing in it.
SOUND = {
    "centres.csv": "nomCourtDatacenter;pue;localisation\nDC1;1,42;France\n",
    "physiques.csv": (
        "nomEquipementPhysique;type;quantite;nomCourtDatacenter;dateAchat;dateRetrait;paysDUtilisation;nbCoeur\n"
        "H1;Serveur;1;DC1;08/07/2020;;France;16\n"
        "H2;Serveur;1;DC1;2021-07-08;;France;16\n"
    ),
    "virtuels.csv": (
        "nomEquipementVirtuel;nomEquipementPhysique;vCPU;cleRepartition\nVM1;H1;4;0,5\nVM2;H2;4;\n"
    ),
    "applications.csv": (
        "nomApplication;typeEnvironnement;nomEquipementVirtuel;nomEquipementPhysique;cleRepartition;domaine\n"
        "APP1;Production;VM1;;0,6;Métier\n"
        "APP2;Production;VM1;;0,4;Métier\n"
        "APP2;Recette;VM2;;;Métier\n"
    ),
}


def found(faults: list[Fault], code: str, file: str) -> Fault:
    """The last fault of this code in this file."""
    matching = [fault for fault in faults if fault.code == code and fault.file == file]
    assert matching, [fault.code for fault in faults]
    return matching[-1]
