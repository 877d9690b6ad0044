"""Impact of each line of equipment, criterion and life-cycle step, by the rules of NumEcoEval (M12).

embodied steps   amount = quantity x factor x rate / lifespan_y
USING            amount = quantity x kwh x mix x pue x rate

Lifespan: (withdrawal − purchase) / 365 when both dates are known, else that of the type, else that of
hypothesis.csv. Item: the one the model is matched to, else the default of the type. Yearly kWh: declared, else
average of the item. Place and PUE: those of the data centre when it is known (PUE, else of hypothesis.csv), else
the country, without PUE. Rate of use: declared, else of COPE or BYOD equipment, else 1.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any

DAYS_A_YEAR = 365.0  # that of NumEcoEval: leap days count in the dates, not in the year
GOOD_PUE, BAD_PUE = 1.5, 2.5  # hosting efficiency of G4IT: good below, medium up to, bad above

PHYSICAL_COLUMNS = (
    "asset", "type", "criterion", "step", "status", "reference", "location", "hosting", "entity", "state",
    "quantity", "lifespan_y", "rate", "kwh", "mix", "pue", "factor", "source", "unit", "label", "package", "amount",
    "people_eq", "formula", "error", "error_value",
)  # fmt: skip


def equipment(t: dict[str, Table]) -> Table:
    """One row an asset: item, place, PUE, lifespan and rate of use; null where no table says."""
    types = t["types"].select(known_type=_.type, type_life_y=_.lifespan_y, default_item=_.default_item)
    centres = t["data_centres"].select(centre=_.code, site_pue=_.pue, site_place=_.location)
    matches = t["matches"].select(matched_model=_.model, matched=_.item)
    rows = t["assets"].left_join(types, _.type == types.known_type)
    rows = rows.left_join(centres, _.data_centre == centres.centre)
    rows = rows.left_join(matches, _.model == matches.matched_model).cross_join(t["settings"])
    housed = rows.centre.notnull()
    dated = rows.purchased.notnull() & rows.retired.notnull()
    days = (rows.retired - rows.purchased).cast("float64")
    owned = ibis.cases(
        (rows.ownership == "COPE", rows.cope), (rows.ownership == "BYOD", rows.byod), else_=1.0
    )
    return rows.select(
        "type", "known_type", "quantity", "entity", "site_pue", "purchased_on", "retired_on",
        asset=_.name,
        state=_.status.fill_null(""),
        item=_.matched.fill_null(_.default_item).nullif(""),
        location=ibis.ifelse(housed, _.site_place, _.country).nullif(""),
        declared_kwh=_.yearly_kwh,
        pue=ibis.ifelse(housed, _.site_pue.fill_null(_.default_pue), 1.0),
        lifespan_y=ibis.ifelse(dated, days / DAYS_A_YEAR, _.type_life_y.fill_null(_.default_life_y)),
        rate=_.share.fill_null(owned).fill_null(1.0),
    )  # fmt: skip


def physical(machines: Table, quartiles: Table, t: dict[str, Table]) -> Table:
    """One row an asset, criterion and step, with every term of its formula and its status."""
    rows = machines.cross_join(t["criteria"]).cross_join(t["steps"])
    factors = t["factors"].select(
        of_criterion=_.criterion,
        of_step=_.step,
        of_item=_.name,
        factor=_.value,
        item_kwh=_.kwh,
        source=_.source,
    )
    rows = rows.left_join(
        factors,
        [rows.criterion == factors.of_criterion, rows.step == factors.of_step, rows.item == factors.of_item],
    )
    rows = rows.left_join(
        quartiles, [rows.criterion == quartiles.mix_criterion, rows.location == quartiles.mix_location]
    )
    rows = rows.mutate(kwh=_.declared_kwh.fill_null(_.item_kwh))
    rows = rows.mutate(error=_error(rows))
    fine, using = rows.error.isnull(), rows.step == "USING"
    amount = ibis.ifelse(
        using,
        rows.quantity * rows.kwh * (rows.mix * rows.pue) * rows.rate,
        rows.quantity * rows.factor * rows.rate / rows.lifespan_y,
    )
    rows = rows.mutate(
        status=ibis.ifelse(fine, "OK", "ERREUR"),
        reference=ibis.ifelse(fine, rows.item, ibis.null("string")),
        hosting=_hosting(rows),
        source=ibis.ifelse(using, rows.mix_source, rows.source),
        amount=ibis.ifelse(fine, amount, ibis.null("float64")),
        formula=ibis.ifelse(fine, _formula(rows), ibis.null("string")),
        error_value=_error_value(rows),
        **{name: ibis.ifelse(using, rows[name], ibis.null("float64")) for name in ("kwh", "mix", "pue")},
        **{name: ibis.ifelse(~using, rows[name], ibis.null("float64")) for name in ("lifespan_y", "factor")},
    )
    return rows.mutate(people_eq=_.amount / _.package).select(*PHYSICAL_COLUMNS)


def mix_quartiles(mixes: Table) -> Table:
    """Electricity mixes with their quartile (1 to 4) among all the places of the criterion."""
    bounds = mixes.group_by(bound_criterion=_.criterion).aggregate(
        q1=_.value.quantile(0.25), q2=_.value.quantile(0.5), q3=_.value.quantile(0.75)
    )
    rows = mixes.join(bounds, mixes.criterion == bounds.bound_criterion)
    rank = ibis.cases(
        (rows.value <= rows.q1, 1), (rows.value <= rows.q2, 2), (rows.value <= rows.q3, 3), else_=4
    )
    return rows.select(
        mix_criterion=_.criterion, mix_location=_.location, mix=_.value, mix_source=_.source, quartile=rank
    )


def _error(rows: Table) -> Any:
    """The first rule a row breaks, null when it can be evaluated."""
    using = rows.step == "USING"
    return ibis.cases(
        (rows.known_type.isnull(), "type"),
        (using & rows.kwh.isnull(), "consommation"),
        (using & rows.mix.isnull(), "mix"),
        (using & rows.pue.isnull(), "pue"),
        (using, ibis.null("string")),
        (rows.item.isnull(), "item"),
        (rows.factor.isnull(), "facteur"),
        (rows.lifespan_y.isnull(), "duree"),
        (rows.lifespan_y <= 0, "dates"),
        else_=ibis.null("string"),
    )


def _error_value(rows: Table) -> Any:
    """What was found where the rule expected something else."""
    dates = rows.purchased_on.concat(" ", rows.retired_on)
    return ibis.cases(
        (rows.error.isin(["type", "item", "duree"]), rows.type),
        (rows.error == "mix", rows.location.fill_null("")),
        (rows.error.isin(["facteur", "consommation"]), rows.item.fill_null("")),
        (rows.error == "dates", dates),
        else_="",
    )


def _hosting(rows: Table) -> Any:
    """Hosting efficiency of G4IT: the worse of the PUE and the mix; null outside a data centre of known PUE."""
    of_mix = ibis.cases(
        (rows.quartile.isnull(), 3), (rows.quartile == 1, 1), (rows.quartile <= 3, 2), else_=3
    )
    of_pue = ibis.cases((rows.site_pue < GOOD_PUE, 1), (rows.site_pue <= BAD_PUE, 2), else_=3)
    worse = ibis.greatest(of_mix, of_pue)
    word = ibis.cases((worse == 1, "Good"), (worse == 2, "Medium"), else_="Bad")
    return ibis.ifelse(rows.site_pue.notnull(), word, ibis.null("string"))


def _formula(rows: Table) -> Any:
    """The formula with its numbers, as the trace of NumEcoEval writes it."""
    quantity = ibis.literal("ImpactEquipementPhysique = ") + written("Quantité", rows.quantity)
    using = quantity.concat(
        " * ", written("ConsoElecAnMoyenne", rows.kwh), " * ", written("MixElectrique", rows.mix * rows.pue),
        " * ", written("TauxUtilisation", rows.rate),
    )  # fmt: skip
    start = ibis.literal("ImpactEquipementPhysique = (") + written("Quantité", rows.quantity)
    embodied = start.concat(
        " * ", written("referentielFacteurCaracterisation", rows.factor),
        " * ", written("TauxUtilisation", rows.rate), ") / ", written("dureeVie", rows.lifespan_y),
    )  # fmt: skip
    return ibis.ifelse(rows.step == "USING", using, embodied)


def written(name: str, value: Any) -> Any:
    """A term of a formula: "dureeVie(4.5)"."""
    return ibis.literal(name + "(") + value.cast("string") + ")"
