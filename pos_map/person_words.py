"""Words that tell persons from organisations: in names of columns, and in their cells. All plain, lower case."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# A column whose name has one of these is about persons.
PERSONS = _words(
    "responsable responsables responsible resp referent referents referente contact contacts interlocuteur "
    "interlocuteurs correspondant correspondants gestionnaire gestionnaires administrateur administrateurs admin "
    "administrator technicien techniciens technician manager pilote pilotes demandeur requester requestor caller "
    "utilisateur user usager login matricule email emails mail courriel mel telephone tel phone gsm prenom "
    "firstname lastname surname assigne attribue affecte assignee cartographe cartographes cartographer "
    "cartographers auteur author approbateur approver signataire rssi dpo developpeur developpeurs developer chef "
    "chefs beneficiaire detenteur titulaire personne personnes person createur steward sponsor expert experts "
    "architecte architect intervenant subscriptions civilite functionalreferent"
)
# The whole name of the column, or a part of it once its words are joined.
EXACTLY = _words("mobile agent nomagent ndagent identite nomdefamille nomusuel")
PARTLY = _words(
    "assignedto ownedby managedby supportedby createdby updatedby modifiedby openedby requestedby approvedby "
    "creepar modifiepar misajourpar validepar approuvepar saisipar suivipar gerepar gereepar attribuea affectea "
    "chefdeprojet projectmanager productowner businessowner systemowner technicalowner applicationowner nomprenom "
    "nometprenom prenomnom delagent chargedaffaires chargedemission chargedeprojet directeurdeprojet"
)
# An owner is a direction as often as a person: the cells tell.
OWNERS = _words("proprietaire proprietaires owner owners moa moe amoa maitre maitrise possesseur custodian")
# Numbers of these are counts; anything else names someone.
COUNTED = _words("utilisateurs users usagers agents personnes")
# A name that begins with one of these is about a body, whatever follows: "entité responsable".
BODIES = _words(
    "entite entites entity direction directions service services organisme organismes organisation organization "
    "department departement pole groupe equipe company societe structure division caisse branche business centre "
    "center fournisseur hebergeur editeur vendor provider support unite"
)
# So does, in English, one that ends with these: "assignment group".
BODIES_LAST = _words("group groups team unit department organization organisation company entity")
# Columns that count or sort persons, and name none.
ABOUT = _words(
    "nombre nb nbr count type date version nature base licence licences license licenses taux part volume total "
    "profil perimetre"
)

# Words of a cell that name a body, a place or a thing rather than a person.
NOT_PERSONS = (
    BODIES
    | BODIES_LAST
    | _words(
        "dsi dsin dsit drh daf dg dga dgs dgfip sg si cpam caf urssaf cnam cnaf cnav carsat cramif acoss msa cgss "
        "ucanss agirc arrco agence bureau mission cellule sas sarl sa gie groupement region departement ministere "
        "prefecture mairie ville saint sainte san port fort grand petit nord sud est ouest domaine secteur zone ilot "
        "quartier site batiment salle atelier studies etudes production recette exploitation infrastructure reseau "
        "reseaux systeme systemes information informatique donnees data qualite relation relations gestion action "
        "sociale social sante client clients ressources humaines finance finances finance comptabilite achats paie "
        "juridique communication prestations prestation recouvrement allocataires assures usagers metier metiers "
        "national nationale regional regionale general generale centrale central assurance maladie famille retraite "
        "vieillesse travail france paris lyon marseille lille rennes nantes bordeaux toulouse strasbourg montpellier "
        "dijon server serveur rack pro plus office windows linux oracle sap dell hp hpe ibm cisco lenovo microsoft "
        "adobe aws azure google rue avenue boulevard place quai allee immeuble hopital clinique lycee campus "
        "espace"
    )
)

# The commonest first names in France, those that are also common words or places left out.
GIVEN_NAMES = _words(
    "adam adele adrien agathe agnes aicha alain albert alexandra alexandre alexis alice aline amandine amelie "
    "ahmed anais andre andrea andree angelique anissa anne annie anthony antoine ariane arnaud arthur astrid "
    "audrey aurelie aurelien axel baptiste barbara bastien beatrice benedicte benjamin benoit bernadette bernard "
    "bertrand brigitte bruno camille carine carole caroline catherine cecile cedric celine chantal charles "
    "charlotte chloe christelle christian christiane christine christophe claire clara claude claudine clement "
    "coralie corentin corinne cyril damien daniel daniele david delphine denis denise didier dominique edith "
    "edouard elodie eloise emeline emilie emma emmanuel emmanuelle eric estelle esther etienne eugenie evelyne "
    "fabien fabienne fabrice fanny farid fatima fatiha flavien florian francine francis francois francoise franck "
    "frederic frederique gabriel gaelle gael genevieve geoffroy georges gerald geraldine gerard ghislaine gilbert "
    "gilles gregoire gregory guillaume gustave guy gwenaelle helene henri henriette herve hugo hugues ibrahim "
    "ines isabelle ismael jacqueline jacques jamel jean jeanne jeremie jeremy jerome jessica joel joelle johan "
    "john jonathan joseph josette josiane julie julien juliette justine karim karima karine katia kevin khadija "
    "laetitia laura laure laurence laurent laurie lea leila leo leon lionel lise louis louise loic luc lucas "
    "lucie lucien lucile ludovic lydie madeleine magali malika manon marc marcel marcelle margaux marguerite "
    "marianne marie marion marjorie martine maryse mathieu mathilde matthieu maud maurice maxime mehdi melanie "
    "michael michel michele micheline mickael mireille mohamed mohammed monique morgane muriel mustapha myriam "
    "nabil nadege nadia nadine nathalie nathan nicolas nicole noemie noel odette odile olivier pascale patrice "
    "patricia patrick paul paula paulette pauline philippe pierre pierrette quentin rachel rachid raphael raymond "
    "rebecca regine regis remi remy rene renee richard robert roger romain roland sabine sabrina salima samir "
    "samira samuel sandra sandrine sarah sebastien serge severine simon simone solange solene sonia sophie "
    "stephane stephanie suzanne sylvain sylvie sylviane tatiana theo theodore therese thibault thibaut thierry "
    "thomas tristan valentin valentine valerie vanessa veronique victor vincent virginie viviane william xavier "
    "yann yannick yasmina yohan yolande yves yvette yvonne zoe peter mary james michael susan elizabeth george "
    "edward stephen andrew mark maria jose manuel carlos antonio"
)
