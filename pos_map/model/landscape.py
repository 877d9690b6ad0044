"""What an urbaniste draws: the boxes of the map, applications, flows, bodies and AI use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the map. `code` is a path of slugs ("relation/courrier"), stable from year to year.

    `level` is a free label (zone, quartier, îlot, bloc); `position` is the rank among its siblings, from 0;
    `ref` is its identifier in the tool it comes from: a box renamed there keeps its code here.
    """

    code: str
    parent: str | None
    level: str
    label: str
    position: int
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """One application of the map; `node` is its main box.

    `perimeter` is "interne", "usagers" or ""; `users` are people using it in the year;
    `act_volume` counts functional acts (`act_label`) a year. `replaces` holds the former codes it takes over
    ("A;B"). `rgaa` and `rgesn` are rates of conformity and progress, 0 to 1; `rto_h` and `rpo_h` are in hours;
    `security` is the body's own grading (DICP); `installed`, `decommissioned` and `approved` (homologation)
    are dates; `environments` and `kind` (progiciel, interne…) are free words.
    """

    code: str
    name: str
    node: str
    owner: str = ""
    branch: str = ""
    status: str = ""
    hosting: str = ""
    perimeter: str = ""
    users: int | None = None
    act_label: str = ""
    act_volume: float | None = None
    criticality: str = ""
    environments: str = ""
    kind: str = ""
    editor: str = ""
    technology: str = ""
    version: str = ""
    installed: date | None = None
    decommissioned: date | None = None
    yearly_cost_eur: float | None = None
    cigref_service: str = ""
    rgaa: float | None = None
    rgesn: float | None = None
    rto_h: float | None = None
    rpo_h: float | None = None
    security: str = ""
    gdpr_ref: str = ""
    approved: date | None = None
    documentation: str = ""
    description: str = ""
    replaces: str = ""
    ref: str = ""
    na: str = ""


# What an application must say to be given a letter (M8): the rest may be missing and lowers the quality mark.
REQUIRED = ("code", "name", "node", "owner", "status", "hosting")


@dataclass(frozen=True, slots=True)
class Placement:
    """A second box an application covers, and for what part (0 to 1); its main box keeps the rest."""

    application: str
    node: str
    share: float


@dataclass(frozen=True, slots=True)
class Flow:
    """Data going from an application to another; what is not said of it is None."""

    source: str
    target: str
    nature: str = ""
    encrypted: bool | None = None
    bidirectional: bool | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body: national fund, local body, service. `aliases` are its former or other names ("CNAMTS;Cnamts").

    `successor` is the code of the body that took it over on `closed`.
    """

    code: str
    name: str
    branch: str = ""
    parent: str = ""
    opened: date | None = None
    closed: date | None = None
    successor: str = ""
    aliases: str = ""


@dataclass(frozen=True, slots=True)
class AiUseCase:
    """A use case of AI or of plain automation, abandoned ones included.

    `automation` is "ML", "IAG", "RPA", "règles"…; `status` is one of the words of `columns.STATUSES`;
    `yearly_volume` counts functional acts a year.
    """

    code: str
    title: str
    application: str = ""
    model: str = ""
    automation: str = ""
    status: str = ""
    functional_act: str = ""
    yearly_volume: float | None = None
    abandon_reason: str = ""
    non_ai_alternative: str = ""
    human_decision: str = ""
    summary: str = ""
