"""What each virtual machine takes of its host, and each application of its machines (M12).

Share of a machine in its host, first that applies (documentation of G4IT, "Allocation Calculation"):

declared key        cleRepartition
calcul              vCPU / sum of the vCPU of all the machines of the host, when all are known
stockage            capacity / sum of the capacities of all the machines of the host, when all are known
equally             1 / number of machines of the host

Vacant capacity is shared out with the rest: no non affecté. A row of the applications' file takes the impact of
its machine divided by the number of rows that name it. A cluster is no host: a machine without a known host,
a machine that no host carries or an application put straight on a host is not evaluated.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.numecoeval.physical import written

Table = Any

VIRTUAL_COLUMNS = (
    "machine", "asset", "type", "criterion", "step", "status", "location", "entity", "cluster", "state", "kind",
    "share", "share_rule", "kwh", "unit", "label", "package", "source", "amount", "people_eq", "formula",
    "error", "error_value",
)  # fmt: skip
APPLICATION_COLUMNS = (
    "application", "environment", "machine", "asset", "type", "criterion", "step", "status", "location", "entity",
    "domain", "sub_domain", "cluster", "state", "rows", "kwh", "unit", "label", "package", "amount", "people_eq",
    "formula", "error", "error_value",
)  # fmt: skip


def shares(t: dict[str, Table]) -> Table:
    """One row a machine: its host when the inventory has it, its share of it and the rule that gave it."""
    hosts = t["assets"].select(known_host=_.name)
    rows = t["machines"].left_join(hosts, _.host == hosts.known_host)
    sums = rows.group_by(sum_host=_.known_host).aggregate(
        machines=_.count().cast("float64"), sum_vcpu=_whole(rows.vcpu), sum_storage=_whole(rows.storage_gb)
    )
    rows = rows.left_join(sums, rows.known_host == sums.sum_host)
    rule = ibis.cases(
        (rows.key.notnull(), "cle"),
        ((rows.kind == "calcul") & rows.sum_vcpu.notnull(), "vcpu"),
        ((rows.kind == "stockage") & rows.sum_storage.notnull(), "stockage"),
        else_="egale",
    )
    rows = rows.mutate(share_rule=rule)
    share = ibis.cases(
        (rows.share_rule == "cle", rows.key),
        (rows.share_rule == "vcpu", rows.vcpu / rows.sum_vcpu),
        (rows.share_rule == "stockage", rows.storage_gb / rows.sum_storage),
        else_=1.0 / rows.machines,
    )
    return rows.select(
        "known_host", "host", "cluster", "kind", "key", "vcpu", "storage_gb", "machines", "sum_vcpu",
        "sum_storage", "share_rule", machine=_.name, machine_entity=_.entity, share=share,
    )  # fmt: skip


def _whole(size: Any) -> Any:
    """The sum of a size, null as soon as one is unknown or zero (rule of G4IT)."""
    return ibis.ifelse((size.fill_null(0.0) == 0.0).any(), ibis.null("float64"), size.sum())


def virtual(machines: Table, physical: Table, t: dict[str, Table]) -> Table:
    """One row a virtual machine, criterion and step."""
    rows = machines.cross_join(t["criteria"]).cross_join(t["steps"])
    hosts = physical.select(
        "asset", "type", "location", "state", "source", host_criterion=_.criterion, host_step=_.step,
        host_amount=_.amount, host_kwh=_.kwh, host_status=_.status,
    )  # fmt: skip
    rows = rows.left_join(
        hosts,
        [
            rows.known_host == hosts.asset,
            rows.criterion == hosts.host_criterion,
            rows.step == hosts.host_step,
        ],
    )
    error = ibis.cases(
        (rows.known_host.isnull(), "hote"),
        (rows.host_status != "OK", "equipement"),
        else_=ibis.null("string"),
    )
    fine = error.isnull()
    rows = rows.mutate(
        error=error,
        error_value=ibis.cases((fine, ""), else_=rows.host),
        status=ibis.ifelse(fine, "OK", "ERREUR"),
        entity=_.machine_entity,
        kwh=_.host_kwh * _.share,
        amount=_.host_amount * _.share,
        formula=ibis.ifelse(fine, _share_formula(rows), ibis.null("string")),
    )
    return rows.mutate(people_eq=_.amount / _.package).select(*VIRTUAL_COLUMNS)


def _share_formula(rows: Table) -> Any:
    start = ibis.literal("valeurImpactUnitaire = ") + written(
        "valeurImpactEquipementPhysique", rows.host_amount
    )
    part = ibis.cases(
        (rows.share_rule == "cle", ibis.literal(" * ") + written("equipementVirtuel.cleRepartition", rows.key)),
        (
            rows.share_rule == "vcpu",
            ibis.literal(" * ").concat(
                written("equipementVirtuel.vCPU", rows.vcpu), " / ", written("nbvCPU", rows.sum_vcpu)
            ),
        ),
        (
            rows.share_rule == "stockage",
            ibis.literal(" * ").concat(
                written("equipementVirtuel.capaciteStockage", rows.storage_gb),
                " / ", written("stockageTotalVirtuel", rows.sum_storage),
            ),
        ),
        else_=ibis.literal(" / ") + written("nbEquipementsVirtuels", rows.machines.cast("int64")),
    )  # fmt: skip
    return start + part


def applications(virtual: Table, t: dict[str, Table]) -> Table:
    """One row a row of the applications' file, criterion and step."""
    named = t["links"].filter(_.vm != "").group_by(named_vm=_.vm).aggregate(rows=_.count().cast("float64"))
    links = t["links"].left_join(named, _.vm == named.named_vm)
    boxes = placed(t)
    rows = links.left_join(boxes, links.application == boxes.code)
    rows = rows.cross_join(t["criteria"]).cross_join(t["steps"])
    machines = virtual.select(
        "machine", "asset", "type", "location", "cluster", "state", vm_criterion=_.criterion, vm_step=_.step,
        vm_amount=_.amount, vm_kwh=_.kwh, vm_status=_.status,
    )  # fmt: skip
    rows = rows.left_join(
        machines,
        [rows.vm == machines.machine, rows.criterion == machines.vm_criterion, rows.step == machines.vm_step],
    )
    error = ibis.cases(
        (rows.vm == "", "sans_machine"),
        (rows.machine.isnull(), "machine"),
        (rows.vm_status != "OK", "machine_en_erreur"),
        else_=ibis.null("string"),
    )
    fine = error.isnull()
    formula = ibis.literal("ImpactApplication = ").concat(
        written("ImpactEquipementVirtuel", rows.vm_amount), " / ",
        written("nbApplications", rows.rows.cast("int64")),
    )  # fmt: skip
    rows = rows.mutate(
        error=error,
        error_value=ibis.cases((fine, ""), (error == "sans_machine", rows.host), else_=rows.vm),
        status=ibis.ifelse(fine, "OK", "ERREUR"),
        machine=rows.vm,
        kwh=rows.vm_kwh / rows.rows,
        amount=rows.vm_amount / rows.rows,
        formula=ibis.ifelse(fine, formula, ibis.null("string")),
    )
    return rows.mutate(people_eq=_.amount / _.package).select(*APPLICATION_COLUMNS)


def placed(t: dict[str, Table]) -> Table:
    """Domain and sub-domain of each application: labels of the first and of the last box it stands in."""
    nodes = t["nodes"]
    first = nodes.select(first_code=_.code, domain=_.label)
    last = nodes.select(last_code=_.code, own_label=_.label)
    rows = t["applications"].mutate(first=_.node.split("/")[0])
    rows = rows.left_join(first, rows["first"] == first.first_code)
    rows = rows.left_join(last, _.node == last.last_code)
    return rows.select(
        "code",
        entity=_.owner.fill_null(""),
        domain=_.domain.fill_null(""),
        sub_domain=ibis.ifelse(_.node == _["first"], "", _.own_label.fill_null("")),
    )
