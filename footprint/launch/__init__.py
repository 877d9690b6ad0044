"""Launch requests (M9): submitted, assessed, decided by a named person, open to contest.

    soumise ─▶ évaluée ─▶ décidée ─▶ contestée ─▶ décidée …

Nothing is stored but events of the hash-chained log; the state of a request is what its events add up to.
The tool recommends by policy; a person with the role approves or refuses, with a reason.

Errors: DecisionRefused (role, state, reason, conditions, four eyes), UnknownSubject (no such request or
application), CampaignError (no assessment to freeze yet).
"""

from footprint.launch.commands import contest, decide, get, requests, submit
from footprint.launch.folding import DECISIONS, Condition, Decision, LaunchRequest, RequestForm, Step, fold
from footprint.launch.policy import Criterion, Frozen, Recommendation, recommend, strictness

__all__ = [
    "DECISIONS",
    "Condition",
    "Criterion",
    "Decision",
    "Frozen",
    "LaunchRequest",
    "Recommendation",
    "RequestForm",
    "Step",
    "contest",
    "decide",
    "fold",
    "get",
    "recommend",
    "requests",
    "strictness",
    "submit",
]
