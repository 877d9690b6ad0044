"""The sentences of the register: processing activities, and what each collector reads and keeps.

Facts of the code; deadlines that code enforces are taken from where it enforces them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LINK_MINUTES, SESSION_HOURS, LONGEST_HOURS = 15, 8, 24
"""As in footprint.people, which needs the store; a test compares them."""


class Words(NamedTuple):
    """A sentence in both languages."""

    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing activity: why, on what basis, about whom, how long, who sees it.

    `records`: what it keeps, as "place/record": a kind of line of the spool, the result, or a table.
    """

    code: str
    title: Words
    purpose: Words
    basis: Words
    people: Words
    retention: Words
    readers: Words
    records: tuple[str, ...]


class Source(NamedTuple):
    """What a collector reads, and what of it is kept."""

    name: Words
    reads: Words
    keeps: Words


_MEASURES = Activity(
    code="mesures",
    title=Words(
        "Mesure de l’énergie des traitements et des serveurs", "Measuring the energy of computing"
    ),
    purpose=Words(
        "Calculer l’empreinte environnementale des exécutions, des applications et des serveurs. Aucun suivi de "
        "l’activité des agents : ne pas employer ces données à cette fin.",
        "To calculate the environmental footprint of runs, applications and servers. No tracking of staff: not to "
        "be used for that.",
    ),
    basis=Words(
        "À confirmer par le responsable de traitement : mission d’intérêt public (RGPD art. 6.1.e), ou intérêt "
        "légitime hors mission. Sur un poste de travail : information préalable et consultation du CSE.",
        "For the controller to confirm: task in the public interest (GDPR art. 6.1.e), or legitimate interest "
        "otherwise. On a workstation: prior information, and consultation of staff representatives.",
    ),
    people=Words(
        "En principe aucune : machines et applications. Indirectement, la personne qui emploie seule une machine.",
        "None in principle: machines and applications. Indirectly, whoever is the only user of a machine.",
    ),
    retention=Words(
        "Fichiers du spool et lignes du magasin : non purgés automatiquement. Une mesure longue est ramenée à un "
        "relevé par minute ; l’agent (--max-disk) ramène les plus anciennes mesures de machine à un relevé par "
        "heure, puis par jour, sans rien supprimer. Ce qui ne peut être lu va dans spool/quarantine, non purgé "
        "automatiquement.",
        "Spool files and rows of the store: not purged automatically. A long record is brought down to a sample a "
        "minute; the agent (--max-disk) brings the oldest host records down to a sample an hour, then a day, "
        "deleting nothing. What can’t be read goes to spool/quarantine, not purged automatically.",
    ),
    readers=Words(
        "Sur la machine : le compte système qui mesure (fichiers lisibles par lui seul). Dans le magasin : toute "
        "personne connectée. Hors de la machine : le serveur que l’organisme a désigné (footprint push --server), "
        "aucun autre.",
        "On the machine: the system account that measures (files readable by it alone). In the store: anyone "
        "signed in. Outside: the server the body named (footprint push --server), no other.",
    ),
    records=(
        "spool/header", "spool/context", "spool/sample", "spool/set", "spool/progress", "spool/warning",
        "spool/end", "spool/result", "result/result", "store/measured_run", "store/energy_hour",
        "store/energy_month", "store/energy_archive", "store/received_spool",
    ),
)  # fmt: skip
_INVENTORY = Activity(
    code="inventaire",
    title=Words("Carte des applications et inventaire", "Map of applications and inventory"),
    purpose=Words(
        "Rattacher l’énergie et les équipements aux applications, évaluer et noter leur empreinte.",
        "To join energy and equipment to applications, and assess and score their footprint.",
    ),
    basis=Words(
        "À confirmer : mission d’intérêt public (art. 6.1.e) ou obligation légale (bilan d’émissions, REEN).",
        "To confirm: public interest (art. 6.1.e) or legal obligation (emissions balance, REEN).",
    ),
    people=Words(
        "Agents qui importent ou rapprochent. Les noms importés peuvent désigner une personne (responsable, poste "
        "nommé).",
        "Staff who import or match. Imported names may designate someone (an owner, a workstation's name).",
    ),
    retention=Words(
        "Non purgé automatiquement ; un import remplace l’inventaire de sa campagne, et garde ce qu’il remplace pour "
        "pouvoir être annulé.",
        "Not purged automatically; an import replaces the inventory of its campaign, and keeps what it replaces so "
        "that it can be undone.",
    ),
    readers=Words(
        "Toute personne connectée ; les classeurs et rapports, ceux à qui on les envoie.",
        "Anyone signed in; workbooks and reports, whoever they are sent to.",
    ),
    records=tuple(
        f"store/{table}"
        for table in (
            "campaign", "node", "application", "data_centre", "physical_asset", "virtual_machine",
            "application_link", "ai_use_case", "reading", "service", "platform_key", "assessment", "placement", "flow",
            "organisation", "import_batch", "record_note", "match_rule",
        )
    ),
)  # fmt: skip
_ACCOUNTS = Activity(
    code="comptes",
    title=Words("Comptes et connexions", "Accounts and sign-in"),
    purpose=Words(
        "Réserver l’accès aux personnes habilitées ; savoir qui agit.",
        "To keep access to those entitled; to know who acts.",
    ),
    basis=Words(
        "À confirmer : intérêt légitime ou mission (sécurité, RGPD art. 32).",
        "To confirm: legitimate interest or public task (security, GDPR art. 32).",
    ),
    people=Words("Agents qui ont un compte.", "Staff who have an account."),
    retention=Words(
        f"Session : {SESSION_HOURS} h après le dernier usage, {LONGEST_HOURS} h au plus ; ligne supprimée à la "
        f"connexion suivante. Lien de connexion : {LINK_MINUTES} min ; ligne non purgée automatiquement. Compte : "
        "fermé sur demande, non purgé automatiquement. Essais de connexion (identifiant, adresse IP) : en mémoire, "
        "cinq minutes, jamais écrits. Témoins du navigateur : session (sans âge), langue (un an).",
        f"Session: {SESSION_HOURS} h after the last use, {LONGEST_HOURS} h at most; row deleted at the next "
        f"sign-in. Sign-in link: {LINK_MINUTES} min; row not purged automatically. Account: closed on request, "
        "not purged automatically. Sign-in attempts (identifier, IP address): in memory, five minutes, never "
        "written. Browser cookies: session (no age), language (a year).",
    ),
    readers=Words(
        "Qui administre la machine et le magasin ; le nom et la fonction, toute personne connectée.",
        "Whoever administers the machine and the store; name and function, anyone signed in.",
    ),
    records=("store/account", "store/signin_session", "store/signin_link"),
)
_LOG = Activity(
    code="journal",
    title=Words("Journal des décisions et des actes", "Log of decisions and acts"),
    purpose=Words(
        "Rendre compte : qui a importé, soumis, décidé, contesté, quand et pour quel motif.",
        "To be accountable: who imported, submitted, decided, contested, when and for what reason.",
    ),
    basis=Words(
        "À confirmer : mission d’intérêt public ou obligation légale (traçabilité des décisions).",
        "To confirm: public interest or legal obligation (traceability of decisions).",
    ),
    people=Words("Agents qui soumettent, décident ou contestent.", "Staff who submit, decide or contest."),
    retention=Words(
        "Non purgé automatiquement, et non modifiable : chaque événement porte l’empreinte du précédent. Un motif "
        "est un texte libre : n’y nommez personne.",
        "Not purged automatically, and not modifiable: each event holds the digest of the one before. A reason is "
        "free text: name no one in it.",
    ),
    readers=Words("Toute personne connectée.", "Anyone signed in."),
    records=("store/event",),
)
_TOKENS = Activity(
    code="jetons",
    title=Words("Jetons des collecteurs", "Tokens of the collectors"),
    purpose=Words(
        "N’accepter de mesures que de machines connues.", "To accept records from known machines only."
    ),
    basis=Words("À confirmer : sécurité (RGPD art. 32).", "To confirm: security (GDPR art. 32)."),
    people=Words(
        "Aucune, si les jetons portent un nom de machine.", "None, if tokens bear a machine's name."
    ),
    retention=Words(
        "Expirent à leur date ; ligne non purgée automatiquement. Dernier usage : le jour seulement.",
        "Expire at their date; row not purged automatically. Last use: the day only.",
    ),
    readers=Words("Qui administre la machine.", "Whoever administers the machine."),
    records=("store/collect_token",),
)
ACTIVITIES: tuple[Activity, ...] = (_MEASURES, _INVENTORY, _ACCOUNTS, _LOG, _TOKENS)

_SPOOL = Words("les champs du spool, rien d’autre", "the fields of the spool, nothing else")
SOURCES: tuple[Source, ...] = (
    Source(
        Words(
            "footprint.measure, footprint run (enregistreur)", "footprint.measure, footprint run (recorder)"
        ),
        Words(
            "temps de processeur du programme et de ses descendants, charge de la machine, compteurs d’énergie, "
            "nom du processeur, identifiant de la machine",
            "processor time of the program and its descendants, load of the host, energy counters, name of the "
            "processor, id of the host",
        ),
        _SPOOL,
    ),
    Source(
        Words("footprint agent", "footprint agent"),
        Words(
            "les mêmes pour toute la machine ; noms de processus, unités et groupes de contrôle, comparés aux "
            "règles de l’administrateur puis oubliés",
            "the same for the whole host; names of processes, units and control groups, compared with the "
            "administrator's rules then forgotten",
        ),
        Words(
            "les champs du spool : le code d’application seul",
            "the fields of the spool: the application code",
        ),
    ),
    Source(
        Words(
            "footprint collect (fichiers, Prometheus, sacct…)",
            "footprint collect (files, Prometheus, sacct…)",
        ),
        Words(
            "énergies, dates, noms de projet, de conteneur ou de travail, comparés aux règles puis oubliés ; ni "
            "utilisateur, ni chemin, ni nom d’hôte",
            "energies, dates, names of projects, containers or jobs, compared with the rules then forgotten; no "
            "user, no path, no host name",
        ),
        _SPOOL,
    ),
    Source(
        Words("footprint llm estimate (EcoLogits)", "footprint llm estimate (EcoLogits)"),
        Words("nom du modèle, nombres de requêtes et de jetons tapés", "typed name of the model, counts"),
        _SPOOL,
    ),
    Source(
        Words("footprint llm pilot (vLLM, TGI, DCGM)", "footprint llm pilot (vLLM, TGI, DCGM)"),
        Words(
            "compteurs de requêtes, de jetons et d’énergie ; jamais le contenu des requêtes ni les étiquettes",
            "counters of requests, tokens and energy; never the content of requests nor their labels",
        ),
        _SPOOL,
    ),
)

NEVER = Words(
    "Jamais gardés par un collecteur : nom d’utilisateur, ligne de commande, chemin, variable d’environnement, "
    "nom ou adresse de machine, contenu d’une requête ou d’une réponse de modèle. La liste des champs autorisés "
    "est appliquée à l’écriture : un champ hors liste est refusé. Un texte donné par qui mesure (application, "
    "modèle, acte, nom d’inventaire) est gardé tel quel.",
    "Never kept by a collector: user name, command line, path, environment variable, name or address of a "
    "machine, content of a model's request or answer. The allow-list is enforced on writing: a field outside it "
    "is refused. A text given by whoever measures (application, model, act, inventory name) is kept as it is.",
)
