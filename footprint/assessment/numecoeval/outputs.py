"""What G4IT stores of an evaluation: rows that share its keys added together, under its own names (M12).

Status is one of the keys, so a row in error never hides in a total. Where a step uses no electricity or no
lifespan, G4IT writes 0, and so is done here; what a row in error would have given stays null.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any


def _added(rows: Table, keys: dict[str, Any], **more: Any) -> Table:
    return rows.group_by(**keys).aggregate(
        countValue=_.count(),
        electricityConsumption=_known(rows, rows.kwh.fill_null(0.0)).sum(),
        unitImpact=_.amount.sum(),
        peopleEqImpact=_.people_eq.sum(),
        errors=_.error.nullif("").collect(distinct=True),
        **more,
    )


def _known(rows: Table, value: Any) -> Any:
    """The value of a row that was evaluated, null for one in error."""
    return ibis.ifelse(rows.status == "OK", value, ibis.null("float64"))


def physical_output(rows: Table) -> Table:
    """Output 1: equipment by type, criterion, step, place, reference, hosting, entity and status."""
    keys = {
        "criterion": _.criterion, "lifecycleStep": _.step, "equipmentType": _.type, "location": _.location,
        "statusIndicator": _.status, "reference": _.reference, "hostingEfficiency": _.hosting, "unit": _.unit,
        "entity": _.entity.fill_null(""), "state": _.state,
    }  # fmt: skip
    found = _added(
        rows,
        keys,
        quantity=_.quantity.sum(),
        lifespan=_known(rows, rows.lifespan_y.fill_null(0.0) * rows.quantity).sum(),
    )
    return found.mutate(
        name=ibis.literal(""),
        numberOfUsers=ibis.literal(0).cast("float64"),
        commonFilters=ibis.array([_.entity]),
        filters=ibis.array([_.state]),
    ).drop("entity", "state")


def virtual_output(rows: Table) -> Table:
    """Output 2: virtual machines by name, criterion and step."""
    keys = {
        "name": _.machine, "criterion": _.criterion, "lifecycleStep": _.step,
        "equipmentType": _.type.fill_null(""), "location": _.location, "statusIndicator": _.status, "unit": _.unit,
        "entity": _.entity.fill_null(""), "cluster": _.cluster.fill_null(""), "state": _.state.fill_null(""),
    }  # fmt: skip
    found = _added(rows, keys)
    return found.mutate(
        quantity=_.countValue.cast("float64"),
        physicalEquipmentName=ibis.literal(""),
        infrastructureType=ibis.literal("NON_CLOUD_SERVERS"),
        instanceType=ibis.literal(""),
        provider=ibis.literal(""),
        usageDuration=ibis.literal(0).cast("float64"),
        workload=ibis.literal(0).cast("float64"),
        commonFilters=ibis.array([_.entity]),
        filters=ibis.array([_.cluster]),
        filtersPhysicalEquipment=ibis.array([_.state]),
    ).drop("entity", "cluster", "state")


def application_output(rows: Table) -> Table:
    """Output 3: applications by name, environment, virtual machine, criterion and step."""
    keys = {
        "name": _.application, "environment": _.environment, "virtualEquipmentName": _.machine,
        "criterion": _.criterion, "lifecycleStep": _.step, "equipmentType": _.type.fill_null(""),
        "location": _.location, "statusIndicator": _.status, "unit": _.unit, "entity": _.entity.fill_null(""),
        "domain": _.domain.fill_null(""), "sub_domain": _.sub_domain.fill_null(""),
        "cluster": _.cluster.fill_null(""), "state": _.state.fill_null(""),
    }  # fmt: skip
    found = _added(rows, keys)
    return found.mutate(
        quantity=_.countValue.cast("float64"),
        commonFilters=ibis.array([_.entity]),
        filters=ibis.array([_.domain, _.sub_domain]),
        filtersPhysicalEquipment=ibis.array([_.state]),
        filtersVirtualEquipment=ibis.array([_.cluster]),
    ).drop("entity", "domain", "sub_domain", "cluster", "state")
