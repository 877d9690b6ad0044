"""The words of the letters: what people write to each service, and what they write to any of them.

{date}, {montant}, {mois}, {pièce} are drawn for each letter; nobody is named.
"""

from __future__ import annotations

SERVICES = (
    "remboursements",
    "arrêt de travail",
    "carte",
    "affiliation",
    "retraite",
    "prestations familiales",
    "réclamation",
    "changement d'adresse",
)

# What a letter is about. Many sentences never name the service: they are what makes the task real.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "remboursements": (
        "Je n'ai toujours pas reçu le remboursement de ma consultation du {date}.",
        "Vous trouverez ci-joint la feuille de soins du {date}, d'un montant de {montant} euros.",
        "Mes lunettes m'ont coûté {montant} euros et rien n'apparaît sur mon relevé.",
        "Le pharmacien m'a fait payer {montant} euros en {mois} ; que prenez-vous en charge ?",
        "La mutuelle attend votre décompte pour verser le complément.",
        "Quel est le taux de prise en charge de ces séances chez le kinésithérapeute ?",
        "J'ai avancé les frais de transport jusqu'à l'hôpital le {date}.",
        "Le paiement de mes soins dentaires de {mois} n'est pas arrivé sur mon compte.",
    ),
    "arrêt de travail": (
        "Mon médecin a prolongé mon arrêt jusqu'au {date}.",
        "Je vous envoie les volets 1 et 2 de l'avis d'arrêt, daté du {date}.",
        "Mes indemnités journalières de {mois} n'ont pas été versées.",
        "Mon employeur dit avoir transmis l'attestation de salaire le {date}.",
        "Je reprends à mi-temps thérapeutique le {date}.",
        "Suis-je autorisée à sortir pendant ma convalescence ?",
        "Je suis en maladie depuis {mois} et je n'ai rien touché.",
        "À la suite de mon accident sur un chantier, je ne peux plus porter de charges.",
    ),
    "carte": (
        "Ma carte Vitale ne passe plus chez le pharmacien.",
        "J'ai perdu ma carte le {date} et je souhaite en recevoir une autre.",
        "La photo demandée pour la nouvelle carte est jointe à ce courrier.",
        "La borne indique que ma carte n'est pas à jour.",
        "Je pars en Espagne en {mois} : comment obtenir la carte européenne ?",
        "On m'a volé mon portefeuille, avec tous mes papiers, le {date}.",
        "Le lecteur du médecin refuse la puce depuis {mois}.",
        "Mon fils de seize ans n'a pas encore la sienne.",
    ),
    "affiliation": (
        "Je viens de m'installer à mon compte et je voudrais ouvrir mes droits.",
        "Je change de régime depuis le {date} : à qui suis-je rattaché ?",
        "Mon numéro de sécurité sociale est toujours provisoire.",
        "Je termine mes études en {mois} ; que dois-je faire pour rester couvert ?",
        "Je reviens de l'étranger et je demande mon inscription.",
        "Mes enfants peuvent-ils être rattachés à mon dossier ?",
        "Je souhaite une attestation de droits pour mon nouvel employeur.",
        "Mon contrat se termine le {date} ; suis-je encore couverte ensuite ?",
    ),
    "retraite": (
        "Il manque des trimestres sur mon relevé de carrière.",
        "Je souhaite cesser mon activité le {date} et connaître le montant de ma pension.",
        "Mes années à l'étranger ne figurent pas dans le relevé de {mois}.",
        "Puis-je cumuler un emploi et ma pension ?",
        "Mon conjoint est décédé le {date} : ai-je droit à la réversion ?",
        "Le versement de {mois} est inférieur de {montant} euros à l'habitude.",
        "Quand pourrai-je partir, ayant commencé à travailler à dix-sept ans ?",
        "Je vous adresse les bulletins de salaire de mes premières années.",
    ),
    "prestations familiales": (
        "Notre deuxième enfant est né le {date}.",
        "L'allocation de rentrée n'a pas été versée en {mois}.",
        "Je vis seule avec mes enfants depuis le {date}.",
        "Notre fils entre à la crèche en {mois} ; quelle aide pour la garde ?",
        "Mon aide au logement a baissé de {montant} euros sans explication.",
        "Ma fille aînée a eu vingt ans le {date} ; est-elle encore à charge ?",
        "Nous nous sommes mariés le {date}, faut-il refaire une déclaration de situation ?",
        "Le quotient familial indiqué ne tient pas compte de mon congé parental.",
    ),
    "réclamation": (
        "Je conteste la décision reçue le {date}.",
        "C'est la troisième fois que j'écris, sans aucune réponse.",
        "On me réclame {montant} euros que j'estime ne pas devoir.",
        "Je saisis la commission de recours amiable.",
        "L'accueil qui m'a été fait le {date} est inacceptable.",
        "Je demande une remise de dette, ma situation ne me permettant pas de payer {montant} euros.",
        "Vous me demandez de rendre une somme versée par votre erreur.",
        "Sans réponse avant le {date}, je saisirai le médiateur.",
    ),
    "changement d'adresse": (
        "J'ai déménagé le {date}.",
        "Merci d'envoyer désormais mon courrier à mon nouveau logement.",
        "Nous quittons le département en {mois}.",
        "Mes courriers me reviennent, la rue a été renommée.",
        "Voici mes nouvelles coordonnées bancaires et mon nouveau domicile.",
        "Je suis hébergée chez mes parents depuis le {date}.",
        "Le facteur ne trouve pas mon logement, il faut ajouter le bâtiment.",
        "Je m'installe dans le Sud à partir du {date}.",
    ),
}

# Said to every service alike: they tell nothing, or mislead.
ANYWHERE = (
    "J'ai appelé plusieurs fois, sans succès.",
    "Mon compte en ligne ne donne aucune information à ce sujet.",
    "Je joins {pièce}.",
    "Mon dossier est en cours depuis {mois}.",
    "Je n'ai pas reçu votre courrier du {date}.",
    "Il me semble que la situation est urgente, mes ressources étant faibles.",
    "Je vous avais déjà écrit en {mois}.",
    "Pourriez-vous me dire quelles pièces manquent ?",
    "Le site m'a renvoyé vers votre service.",
    "Une personne de l'accueil m'a conseillé de vous écrire.",
    "J'ai bien noté que le délai est de {montant} jours.",
    "Je suis sans nouvelles depuis le {date}.",
)

OPENINGS = ("Bonjour,", "Madame, Monsieur,", "Bonjour Madame,", "Bonjour Monsieur,", "À qui de droit,", "")
CLOSINGS = (
    "Cordialement.",
    "Je vous remercie par avance.",
    "Bien à vous.",
    "Dans l'attente de votre réponse.",
    "Avec mes salutations.",
    "Merci.",
    "",
)
PAPERS = (
    "une copie de ma pièce d'identité",
    "un relevé d'identité bancaire",
    "un justificatif de domicile",
    "mon dernier bulletin de salaire",
    "le certificat de mon médecin",
    "une copie de ma carte",
    "l'acte de naissance",
    "votre décision",
)
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
