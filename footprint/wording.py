"""Words of the field for the codes the engine writes, in both languages. Unknown codes show as they are."""

from __future__ import annotations

from collections.abc import Iterable

from footprint.texts import say

STAGES = {
    "manufacture": ("fabrication", "manufacture"),
    "transport": ("transport", "transport"),
    "use": ("utilisation", "use"),
    "end_of_life": ("fin de vie", "end of life"),
    "embodied": ("fabrication, transport et fin de vie", "manufacture, transport and end of life"),
    "service": ("service acheté, toutes étapes", "service bought, all stages"),
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
    "services": ("services achetés", "services bought"),
    "ia": ("exécutions d’IA mesurées", "measured AI runs"),
    "autres": ("autres", "other"),
}
REASONS = {
    "capacite_libre": ("capacité libre", "free capacity"),
    "vm_sans_application": ("machine virtuelle sans application", "virtual machine without application"),
    "vm_refusee": (
        "machine virtuelle laissée sans application, sur décision",
        "virtual machine left without an application, by decision",
    ),
    "cle_incomplete": ("clé de répartition incomplète", "incomplete allocation key"),
    "sans_rattachement": ("serveur sans application", "server without application"),
    "equipement_commun": ("équipement commun non réparti", "shared equipment not allocated"),
    "execution_non_rattachee": ("exécution non rattachée", "run not attached"),
    "service_non_rattache": (
        "service acheté sans application connue",
        "service bought for no known application",
    ),
    "machine_hors_inventaire": ("machine mesurée hors inventaire", "measured machine not in the inventory"),
}
KEYS = {
    "declaree": ("clé déclarée", "declared key"),
    "ressources": ("mémoire, vCPU et stockage", "memory, vCPU and storage"),
    "vcpu": ("vCPU", "vCPU"),
    "stockage": ("stockage", "storage"),
    "egale": ("parts égales, faute de taille", "equal shares, for want of sizes"),
    "energie": ("énergie utilisée dans la salle", "energy used in the room"),
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
KINDS = {
    "application": ("applications", "applications"),
    "non_affecte": ("non affecté", "not allocated"),
    "poste": ("postes", "posts"),
}
MODES = {
    "amortised": ("étalée sur la durée de vie", "spread over the lifetime"),
    "purchase_year": ("comptée l’année d’achat", "counted in the year of purchase"),
}
IMPORT_MODES = {
    "replace": ("remplacement", "replacement"),
    "complete": ("complément", "complement"),
    "rules": ("règles de rattachement", "matching rules"),
}
SPREADS = {
    "idle": ("capacité libre", "free capacity"),
    "network": ("réseau", "network"),
    "storage": ("stockage", "storage"),
}
SCOPES = {
    "it": ("machines seules", "machines alone"),
    "total": ("salle entière, PUE compris", "whole room, PUE included"),
}
INDICATORS = {
    "gwp": ("climat", "climate"),
    "adpe": ("ressources minérales et métaux", "minerals and metals"),
    "pe": ("énergie primaire", "primary energy"),
    "water": ("eau", "water"),
    "gwp_market": ("climat, selon les contrats d’électricité", "climate, by electricity contracts"),
}
UNITS = {"gwp": "kgCO2e", "adpe": "kgSbeq", "pe": "MJ", "water": "L", "gwp_market": "kgCO2e"}
VIEWS = {
    "total": ("total", "total"),
    "kind": ("nature", "kind"),
    "reason": ("motif", "reason"),
    "stage": ("étape", "stage"),
    "tier": ("niveau de preuve", "evidence tier"),
    "post": ("poste", "post"),
    "node": ("nœud de la carte", "map node"),
    "model": ("modèle", "model"),
    "application": ("application", "application"),
    "application_stage": ("étape d’une application", "stage of an application"),
    "application_tier": ("niveau de preuve d’une application", "evidence tier of an application"),
    "application_environment": ("environnement d’une application", "environment of an application"),
    "application_pool": ("machine d’une application", "machine of an application"),
}
POOLS = {
    "grappe": ("grappe", "cluster"),
    "machine": ("machine", "machine"),
    "execution": ("exécution", "run"),
    "plateforme": ("plateforme", "platform"),
    "service": ("service acheté", "service bought"),
    "reseau": ("réseau du centre", "network of data centre"),
    "stockage": ("stockage du centre", "storage of data centre"),
}
ALL = KINDS | PHASES | STAGES | TIERS | POSTS | REASONS | KEYS


def word(code: str) -> str:
    """The words for a code, in the current language."""
    pair = ALL.get(code)
    return say(*pair) if pair else code


def environment(name: str) -> str:
    """The words for what the lines call an environment: that of the inventory as written, or a phase of a run."""
    if not name:
        return say("sans environnement", "no environment")
    return say(*PHASES[name]) if name in PHASES else name


def settings_words(mode: str, spread: Iterable[str]) -> tuple[str, str]:
    """How manufacture is charged (M3), and what is spread over applications (M4), in words."""
    names = ", ".join(say(*SPREADS[name]) for name in spread if name in SPREADS)
    return say(*MODES[mode]) if mode in MODES else mode, names or say("rien", "nothing")


def scope(code: str) -> str:
    """What a meter covers."""
    return say(*SCOPES[code])


def indicator_name(code: str) -> str:
    """The name of an indicator, in the current language."""
    return say(*INDICATORS[code]) if code in INDICATORS else code


def machine(pool: str) -> str:
    """The name of a pool: "grappe X", "machine Y", "exécution Z", "plateforme P"…"""
    kind, _, name = pool.partition(":")
    return f"{say(*POOLS[kind])} {name}" if kind in POOLS else pool
