"""What one person may emit in a year inside the planetary boundaries: the people equivalent of G4IT.

    people_eq = impact / individual package;  individual package = planetary boundary / people on Earth

Boundaries: Joint Research Centre of the European Commission, "Consumption and Consumer Footprint: methodology
and results" (2019–2023). Packages: table `ref_sustainable_individual_package` of G4IT (Apache-2.0), with its
own rounding, since what a body published was divided by these very numbers. Units are those of the criterion.

`Water use` repeats the row of minerals and metals in that table, most likely by mistake: it is kept, because
this mode compares with what was published. A body gives its own in `sustainableIndividualPackage.csv`.
"""

from __future__ import annotations

PACKAGES: tuple[tuple[str, float], ...] = (
    ("Climate change", 851.25),
    ("Particulate matter and respiratory inorganics", 6.45e-5),
    ("Ionising radiation", 65875.0),
    ("Acidification", 125.0),
    ("Resource use (minerals and metals)", 0.027375),
    ("Water use", 0.027375),
    ("Ozone depletion", 6.74e-2),
    ("Human toxicity, cancer", 1.20e-4),
    ("Human toxicity, non-cancer", 5.13e-4),
    ("Photochemical ozone formation", 50.9),
    ("Eutrophication, terrestrial", 766.0),
    ("Eutrophication, freshwater", 0.726),
    ("Eutrophication, marine", 25.2),
    ("Ecotoxicity, freshwater", 1.64e4),
    ("Land use", 1.09e6),
    ("Resource use, fossils", 2.80e4),
)
"""(label of the criterion, individual package), in the unit of the criterion a person and year."""
