"""From any total back to its inputs: the total, then what it is the sum of, down to formulas and sources.

Every step carries the amount it adds to the one above, or the part it takes; replacing the names of a printed
formula by the printed values gives the printed amount. Formulas are those of method.md, cited by M-number.

`explain_total` takes the views of `footprint.assessment.rollup`. What applications share (a cluster, a
platform) is shown with all it emits under the part they take of it; totals of machines alone (total, stage,
tier, post) are shown by their machines, which conserve them (M4).
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow.compute as pc

import pos_map
from factors import Catalogue
from footprint.errors import FootprintError, UnknownSubject
from footprint.explaining.ground import Ground, where
from footprint.explaining.inputs import Assets
from footprint.explaining.tree import by_stage, grouped, part_of, summed, whole_by_stage
from footprint.kept import Kept
from footprint.phases import INFERENCE
from footprint.placing import NOBODY
from footprint.sheets import Explanation
from footprint.texts import say
from footprint.wording import INDICATORS, VIEWS, environment, indicator_name, machine, word

ALONG = ("stage", "tier", "environment", "pool")


def explain_application(
    kept: Kept, catalogue: Catalogue, code: str, indicator: str = "gwp", assets: Assets | None = None
) -> Explanation:
    """The tree of an application's total for one indicator, biggest parts first."""
    ground = Ground(kept, catalogue, indicator, assets)
    return by_stage(ground, code, where(ground.lines, subject_kind="application", subject=code))


def explain_model(
    kept: Kept, catalogue: Catalogue, model: str, indicator: str = "gwp", assets: Assets | None = None
) -> Explanation:
    """The tree of a model's measured runs for one indicator: training, inference… apart."""
    return explain_total(kept, catalogue, "model", model, None, indicator, assets)


def explain_total(
    kept: Kept,
    catalogue: Catalogue,
    view: str,
    key: str = "",
    sub: str | None = None,
    indicator: str = "gwp",
    assets: Assets | None = None,
    *,
    members: Mapping[str, float] = NOBODY,
    unfold: bool = True,
) -> Explanation:
    """The tree of a total: view, key and sub of `rollup`; `sub` None takes all of them.

    `members` are the applications below a node, each with its part there (0 to 1); `unfold` False leaves the
    applications of a node or kind folded; `assets` the inventory, which tells how lifetimes and shares were
    composed. The amount is None when nothing was assessed there. Raises UnknownSubject for a view that is not
    one, FootprintError for an indicator.
    """
    _known(view, indicator)
    ground = Ground(kept, catalogue, indicator, assets, tier=_tier(view, key, sub))
    if view in ("total", "stage", "tier"):
        return _machines(ground, view, key)
    if view == "post":
        return whole_by_stage(ground, word(key), where(ground.impacts, post=key))
    if view == "model":
        return _model(ground, key, sub)
    if view == "reason" or (view == "kind" and key != "application"):
        return _reasons(ground, key, sub if view == "reason" else None)
    if view in ("kind", "node"):
        codes = members if view == "node" else None
        label = key if view == "node" else word(key)
        return _applications(ground, label, codes, unfold=unfold)
    return _application(ground, view, key, sub)


def parse(kept: Kept, text: str, indicator: str = "gwp") -> tuple[str, str, str | None]:
    """View, key and sub of "post:postes", "application_stage:CODE:use", "total"; keys may hold colons.

    Raises UnknownSubject with near names.
    """
    view, _, rest = text.partition(":")
    _known(view, indicator)
    mine = where(kept.totals, view=view, indicator=indicator)
    pairs = list(zip(mine["key"].to_pylist(), mine["sub"].to_pylist(), strict=True))
    for key, sub in pairs:
        if rest == key:
            return view, key, sub if view in ("total", "kind", "node", "post", "application") else None
        if rest == f"{key}:{sub}":
            return view, key, sub
    names = sorted({f"{key}:{sub}" if sub else key for key, sub in pairs})
    raise UnknownSubject(
        f"{VIEWS[view][0]} de la vue {view}", f"{VIEWS[view][1]} of the view {view}", rest,
        pos_map.near(rest, names) or names[:8],
    )  # fmt: skip


def _known(view: str, indicator: str) -> None:
    if indicator not in INDICATORS:
        known = ", ".join(INDICATORS)
        raise FootprintError(
            f"Indicateur « {indicator} » inconnu. Attendu : {known}.",
            f"Unknown indicator “{indicator}”: expected {known}.",
        )
    if view not in VIEWS:
        raise UnknownSubject("vue", "view", view, pos_map.near(view, VIEWS) or tuple(VIEWS))


def _tier(view: str, key: str, sub: str | None) -> str:
    if view == "tier":
        return key
    return sub or "" if view == "application_tier" else ""


def _machines(ground: Ground, view: str, key: str) -> Explanation:
    """Totals of machines, whoever draws on them: by post, then stage (every line comes from a machine, M4)."""
    impacts = where(ground.impacts, stage=key) if view == "stage" else ground.impacts
    label = say("total", "total") if view == "total" else word(key)
    posts = sorted({post or "autres" for post in pc.unique(impacts["post"]).to_pylist()})
    filled = pc.fill_null(impacts["post"], "autres")
    trees = [whole_by_stage(ground, word(post), impacts.filter(pc.equal(filled, post))) for post in posts]
    return summed(
        f"{label}, {indicator_name(ground.indicator)}", trees, ground.unit,
        say("somme des postes d’équipement", "sum of the equipment posts"),
    )  # fmt: skip


def _model(ground: Ground, model: str, sub: str | None) -> Explanation:
    lines = where(ground.lines, model=model)
    phases = sorted(
        pc.unique(lines["environment"]).to_pylist(), key=lambda phase: (phase == INFERENCE, phase)
    )
    trees = [
        by_stage(ground, word(phase), where(lines, environment=phase))
        for phase in phases
        if sub is None or phase == sub
    ]
    formula = say("somme des phases mesurées", "sum of the measured phases")
    return trees[0] if sub is not None and trees else summed(model, trees, ground.unit, formula, ordered=True)


def _reasons(ground: Ground, kind: str, reason: str | None) -> Explanation:
    """What no application takes: by reason, or the post of office equipment."""
    lines = where(ground.lines, subject_kind=kind)
    subjects = [reason] if reason is not None else sorted(pc.unique(lines["subject"]).to_pylist())
    trees = [by_stage(ground, word(subject), where(lines, subject=subject)) for subject in subjects]
    formula = say("somme des motifs", "sum of the reasons")
    return trees[0] if reason is not None else summed(word(kind), trees, ground.unit, formula)


def _applications(
    ground: Ground, label: str, members: Mapping[str, float] | None, *, unfold: bool = True
) -> Explanation:
    """Applications one by one: those of a node, or all of them."""
    lines = where(ground.lines, subject_kind="application")
    known = sorted(pc.unique(lines["subject"]).to_pylist())
    parts = dict.fromkeys(known, 1.0) if members is None else members
    codes = [code for code in known if code in parts]
    formula = say("somme des applications", "sum of the applications")
    if not unfold:
        sums = lines.group_by("subject", use_threads=False).aggregate([("amount", "sum")]).to_pylist()
        amounts = {row["subject"]: row["amount_sum"] for row in sums}
        whole = {code: Explanation(code, amounts[code], ground.unit) for code in codes}
        return summed(label, [part_of(whole[code], parts[code]) for code in codes], ground.unit, formula)
    ground.load(pc.unique(lines["pool"]).to_pylist() if members is None else ())
    trees = [part_of(by_stage(ground, code, where(lines, subject=code)), parts[code]) for code in codes]
    return summed(label, trees, ground.unit, formula)


def _application(ground: Ground, view: str, code: str, sub: str | None) -> Explanation:
    lines = where(ground.lines, subject_kind="application", subject=code)
    column = view.removeprefix("application").removeprefix("_")
    if not column:
        return by_stage(ground, code, lines)
    if sub is not None:
        return by_stage(ground, f"{code}, {_along(column, sub)}", where(lines, **{column: sub}))
    parts = grouped(
        ({"value": value} for value in pc.unique(lines[column]).to_pylist()), lambda r: r["value"]
    )
    trees = []
    for value in parts:
        mine = Ground(
            ground.kept, ground.catalogue, ground.indicator, ground.assets, _tier(view, code, value)
        )
        kept = where(mine.lines, subject_kind="application", subject=code, **{column: value})
        trees.append(by_stage(mine, _along(column, value), kept))
    return summed(code, trees, ground.unit, say("somme des parties", "sum of the parts"))


def _along(column: str, value: str) -> str:
    return {"pool": machine, "environment": environment}.get(column, word)(value)
