"""Words of the field for the codes the engine writes, in both languages. Unknown codes show as they are."""

from __future__ import annotations

from footprint.texts import say

STAGES = {
    "manufacture": ("fabrication", "manufacture"),
    "transport": ("transport", "transport"),
    "use": ("utilisation", "use"),
    "end_of_life": ("fin de vie", "end of life"),
    "embodied": ("fabrication, transport et fin de vie", "manufacture, transport and end of life"),
}
TIERS = {
    "meter": ("compteur", "meter"),
    "sensor": ("capteur", "sensor"),
    "model": ("modèle de puissance", "power model"),
    "declared": ("déclaré", "declared"),
    "generic": ("générique", "generic"),
}
POSTS = {
    "serveurs": ("serveurs", "servers"),
    "stockage": ("stockage", "storage"),
    "reseau": ("réseau", "network"),
    "postes": ("postes de travail", "workstations"),
    "ecrans": ("écrans", "monitors"),
    "telephonie": ("téléphonie", "telephony"),
    "impression": ("impression", "printing"),
    "ia": ("exécutions d’IA mesurées", "measured AI runs"),
    "autres": ("autres", "other"),
}
REASONS = {
    "capacite_libre": ("capacité libre", "free capacity"),
    "vm_sans_application": ("machine virtuelle sans application", "virtual machine without application"),
    "cle_incomplete": ("clé de répartition incomplète", "incomplete allocation key"),
    "sans_rattachement": ("serveur sans application", "server without application"),
    "equipement_commun": ("équipement commun non réparti", "shared equipment not allocated"),
    "execution_non_rattachee": ("exécution non rattachée", "run not attached"),
    "machine_hors_inventaire": ("machine mesurée hors inventaire", "measured machine not in the inventory"),
}
KEYS = {
    "declaree": ("clé déclarée", "declared key"),
    "ressources": ("mémoire, vCPU et stockage", "memory, vCPU and storage"),
    "vcpu": ("vCPU", "vCPU"),
    "stockage": ("stockage", "storage"),
    "egale": ("parts égales, faute de taille", "equal shares, for want of sizes"),
    "mesuree": ("mesurée", "measured"),
    "entiere": ("entière", "whole"),
}
PHASES = {
    "training": ("entraînement", "training"),
    "inference": ("usage", "inference"),
    "evaluation": ("évaluation", "evaluation"),
    "baseline": ("référence sans IA", "baseline without AI"),
    "host": ("machine", "host"),
    "": ("phase non précisée", "phase not given"),
}
ALL = PHASES | STAGES | TIERS | POSTS | REASONS | KEYS


def word(code: str) -> str:
    """The words for a code, in the current language."""
    pair = ALL.get(code)
    return say(*pair) if pair else code


def machine(pool: str) -> str:
    """The name of a pool: "grappe X", "machine Y", "exécution Z"."""
    kind, _, name = pool.partition(":")
    names = {
        "grappe": ("grappe", "cluster"),
        "machine": ("machine", "machine"),
        "execution": ("exécution", "run"),
    }
    return f"{say(*names[kind])} {name}" if kind in names else pool
