"""What goes beside machines and applications: meter readings, services bought, keys of shared platforms.

From rows to entries, then the checks across them: names that nothing bears, repeats, platforms in a circle.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from pos_map.model import AiUseCase, Inventory, PlatformKey, Reading, Service
from pos_map.references import Shares, left_alone, repeated

if TYPE_CHECKING:
    from pos_map.estate import Estate, Located
    from pos_map.rows import Row


def reading(row: Row) -> Reading | None:
    """One month of a data centre; None when it does not say which."""
    centre, month = row.required("data_centre"), row.month("month")
    if not row.text("month"):
        row.required("month")
    if not centre or month is None:
        return None
    return Reading(centre, month, row.number("pue", least=1.0), row.number("it_kwh"), row.number("total_kwh"))


def service(row: Row) -> Service | None:
    """One service bought, a year of it; None when it has no name."""
    application = row.required("application")
    if not (name := row.required("name")):
        return None
    return Service(
        name=name,
        application=application,
        environment=row.word("environment"),
        provider=row.word("provider"),
        country=row.country("country"),
        yearly_kwh=row.number("yearly_kwh"),
        kgco2e=row.number("kgco2e"),
        spend_eur=row.number("spend_eur"),
        pue=row.number("pue", least=1.0),
        na=row.na,
    )


def _unquantified(row: Row, service: Service) -> None:
    """No energy and no carbon: the bill is a last resort, nothing at all is a gap."""
    if service.spend_eur is None:
        row.warning(
            "kgco2e",
            "service-without-quantity",
            f"« {service.name} » n'a ni électricité, ni kgCO2e, ni dépense : il ne sera pas évalué.",
            f"“{service.name}” has no electricity, no kgCO2e and no spend: it will not be assessed.",
        )
        return
    row.warning(
        "spend_eur",
        "spend-only",
        f"« {service.name} » n'a que sa dépense : demandez au fournisseur ses kWh ou ses kgCO2e.",
        f"“{service.name}” has only its spend: ask its supplier for kWh or kgCO2e.",
    )


def platform_key(row: Row) -> PlatformKey | None:
    """The part of a platform an application bears; None when something is missing."""
    platform, application = row.required("platform"), row.required("application")
    share = row.share("share")
    if share is None:
        if not row.text("share"):
            row.required("share")
        return None
    return PlatformKey(platform, application, share) if platform and application else None


def check_complements(estate: Estate, base: Inventory) -> None:
    """Note every error across readings, services and platform keys; `base` is what they complete."""
    repeated(estate.readings, lambda entry: f"{entry.data_centre} {entry.month:%Y-%m}", "month")
    repeated(estate.services, lambda entry: entry.name, "name")
    repeated(estate.platform_keys, lambda entry: f"{entry.platform} → {entry.application}", "application")
    shares = Shares("share", "keys-above-one")
    for key in left_alone(base, "platform_keys", estate.platform_keys):
        shares.before((key.platform, ""), key.share)
    for line in estate.platform_keys:
        shares.add((line.entry.platform, ""), line.entry.share, line.row)
    shares.check()
    _circles(estate.platform_keys, left_alone(base, "platform_keys", estate.platform_keys))
    for service in estate.services:
        if service.entry.yearly_kwh is None and service.entry.kgco2e is None:
            _unquantified(service.row, service.entry)
    for case in estate.use_cases:
        _without_reason(case)


def _circles(keys: Sequence[Located[PlatformKey]], before: Sequence[PlatformKey]) -> None:
    """A platform that bears a part of itself, even through others, has no footprint to spread (M4)."""
    graph: dict[str, set[str]] = {}
    for key in (*before, *(line.entry for line in keys)):
        graph.setdefault(key.application, set()).add(key.platform)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = list(error.args[1])
        pairs = set(itertools.pairwise(circle))
        row = next((k.row for k in keys if (k.entry.platform, k.entry.application) in pairs), None)
        if row is None:
            # A circle of what was there: these files did not make it.
            return
        written = " → ".join(circle)
        row.error(
            "application",
            "platform-circle",
            f"Les plateformes se reportent l'une sur l'autre en boucle ({written}) : retirez une de ces clés.",
            f"The platforms bear each other in a circle ({written}): remove one of these keys.",
        )


def _without_reason(located: Located[AiUseCase]) -> None:
    case = located.entry
    if case.status == "abandonné" and not case.abandon_reason:
        located.row.warning(
            "abandon_reason",
            "blank-reason",
            f"Le cas d'usage « {case.code} » est abandonné sans raison : dites-la, c'est ce qui sert aux autres.",
            f"The use case “{case.code}” was abandoned without a reason: say it, that is what helps others.",
        )
