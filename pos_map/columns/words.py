"""The words some cells may hold, and the one kept for each."""

from __future__ import annotations

# The help sheet of our template: the one sheet that is no table and is passed over in silence.
HELP_SHEET = "Aide"
KINDS = {
    "calcul": "calcul",
    "compute": "calcul",
    "stockage": "stockage",
    "storage": "stockage",
    "conteneur": "conteneur",
    "container": "conteneur",
}
PERIMETERS = {
    "interne": "interne",
    "internes": "interne",
    "agents": "interne",
    "usagers": "usagers",
    "usager": "usagers",
    "externe": "usagers",
}
OWNERSHIPS = {
    "BYOD": "BYOD",
    "AVEC": "BYOD",
    "personnel": "BYOD",
    "COPE": "COPE",
    "professionnel": "",
    "interne": "",
}
STATUSES = {
    "idée": "idée",
    "étude": "étude",
    "expérimentation": "expérimentation",
    "pilote": "pilote",
    "abandonné": "abandonné",
    "abandonnée": "abandonné",
    "industrialisé": "industrialisé",
    "industrialisée": "industrialisé",
    "en évaluation": "en évaluation",
    "retiré": "retiré",
    "retirée": "retiré",
}
YES_NO = {"oui": "oui", "yes": "oui", "vrai": "oui", "true": "oui", "1": "oui", "x": "oui",
          "non": "non", "no": "non", "faux": "non", "false": "non", "0": "non"}  # fmt: skip
