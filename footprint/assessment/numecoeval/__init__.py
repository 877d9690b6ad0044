"""The compatible mode (M12): the rules of NumEcoEval and G4IT, to compare with what a body published.

evaluate(frames, references)  ->  Compatible(physical, virtual, applications, and the three outputs of G4IT)

inputs     frames of the inventory + tables of the body  ->  flat tables
physical   lifespan, factor, electricity mix, PUE  ->  impact of each line of equipment, criterion and step
virtual    share of the host by declared key, vCPU, storage or equally; then virtual machine / rows of applications
outputs    what G4IT stores: rows added by its keys

A row that can't be evaluated has status ERREUR, a null amount and a code in `error`: never a zero. Nothing is
kept apart as non affecté: the machines of a host share all of it.
"""

from footprint.assessment.numecoeval.evaluating import Compatible, evaluate

__all__ = ["Compatible", "evaluate"]
