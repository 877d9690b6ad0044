"""Random whole inventories, as reading sound files gives them: every table, every field, unknown and not applicable."""

import string
from dataclasses import fields, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from pos_map.columns import KINDS, STATUSES
from pos_map.model import (
    AiUseCase,
    Application,
    ApplicationLink,
    DataCentre,
    Flow,
    Inventory,
    Node,
    Organisation,
    PhysicalAsset,
    Placement,
    PlatformKey,
    Reading,
    Service,
    VirtualMachine,
)
from pos_map.values import meaning

TEXTS = (
    st.text(alphabet=string.ascii_letters + string.digits + "éèÎœ '\";,-_/€=+@<>&x", min_size=1, max_size=14)
    .map(lambda text: " ".join(text.split()) or "x")
    .filter(lambda text: not meaning(text))
)
MAYBE_TEXTS = st.just("") | TEXTS
AMOUNTS = st.none() | st.floats(0, 1e9).map(lambda value: round(value, 4))
POSITIVE = st.none() | st.floats(0.1, 40).map(lambda value: round(value, 3))
SHARES = st.none() | st.floats(0, 1).map(lambda value: round(value, 4))
DATES = st.none() | st.dates(date(1970, 1, 1), date(2100, 12, 31))
YES = st.sampled_from([True, False, None])


def codes(prefix: str, most: int) -> st.SearchStrategy[list[str]]:
    """Different names, none of which is another's once spelled plainly."""
    ends = st.lists(MAYBE_TEXTS, max_size=most)
    return ends.map(lambda found: [f"{prefix}{rank} {end}".strip() for rank, end in enumerate(found)])


def one(names: list[str], blank: bool = True) -> st.SearchStrategy[str]:
    return st.sampled_from([*names, *([""] if blank or not names else [])])


def filled(kind: type, known: dict[str, Any], /, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Entries whose fields are drawn by type, but for those known and those given."""
    drawn = {}
    for field in fields(kind):
        if field.name in known or field.name in given or field.name == "na":
            continue
        drawn[field.name] = {
            "str": MAYBE_TEXTS,
            "float | None": AMOUNTS,
            "date | None": DATES,
            "int | None": st.none() | st.integers(0, 10**8),
        }[str(field.type)]
    return st.builds(kind, **{name: st.just(value) for name, value in known.items()}, **drawn, **given)


def with_na(draw: st.DrawFn, entry: Any, readable: tuple[str, ...]) -> Any:
    """The entry, some of its unknown fields said not to apply."""
    empty = [name for name in readable if getattr(entry, name) in (None, "")]
    chosen = draw(st.sets(st.sampled_from(empty))) if empty else set()
    return replace(entry, na=" ".join(sorted(chosen)))


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Node, ...]:
    found: list[Node] = []
    depth: dict[str | None, int] = {None: 0}
    for code in draw(codes("n", 7)):
        parent = draw(st.sampled_from([above for above, deep in depth.items() if deep < 5]))
        depth[code] = depth[parent] + 1
        label = draw(TEXTS | st.sampled_from(["Droits", "droits"]))
        found.append(Node(code, parent, draw(TEXTS), label, draw(st.integers(0, 99)), draw(MAYBE_TEXTS)))
    return tuple(found)


ASSET_NA = ("purchased", "retired", "cores", "ram_gb", "yearly_kwh", "share", "ownership", "lifetime_y",
            "refurbished", "upstream_y", "reuse", "total_life_y", "embodied_kgco2e", "cpus", "ssd_gb", "hdds",
            "psus", "gpus")  # fmt: skip
LIVES: dict[str, st.SearchStrategy[Any]] = {
    "share": SHARES,
    "ownership": st.sampled_from(["", "BYOD", "COPE"]),
    "lifetime_y": POSITIVE,
    "refurbished": SHARES,
    "upstream_y": POSITIVE,
    "reuse": SHARES,
    "total_life_y": POSITIVE,
}
OFFICE = {field.name for field in fields(PhysicalAsset)} - {
    "name", "model", "type", "quantity", "purchased", "country", "site", "entity", "embodied_kgco2e", *LIVES,
}  # fmt: skip


@st.composite
def equipment(draw: st.DrawFn, centres: list[str], bodies: list[str]) -> tuple[PhysicalAsset, ...]:
    found = []
    quantity = st.integers(0, 9999).map(float)
    blank = PhysicalAsset("", "", "", 0)
    for name in draw(codes("h", 5)):
        known = {"name": name}
        if draw(st.booleans()):
            known |= {field: getattr(blank, field) for field in OFFICE if field not in ("name", "na")}
        asset = draw(
            filled(
                PhysicalAsset,
                known,
                type=TEXTS | st.sampled_from(["Serveur", "Écran"]),
                quantity=quantity,
                entity=one(bodies),
                **LIVES,
                **({} if "data_centre" in known else {"data_centre": one(centres)}),
            )
        )
        if asset.purchased and asset.retired and asset.purchased > asset.retired:
            asset = replace(asset, purchased=asset.retired, retired=asset.purchased)
        found.append(with_na(draw, asset, ASSET_NA))
    return tuple(found)


APPLICATION_NA = ("owner", "status", "hosting", "users", "act_label", "act_volume", "criticality", "editor",
                  "installed", "yearly_cost_eur", "rgaa", "rgesn", "rto_h", "security")  # fmt: skip


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    """A whole inventory that reading accepts without an error and keeps as it is."""
    body_codes = draw(codes("O", 3))
    bodies = tuple(
        draw(
            filled(
                Organisation,
                {"code": code, "name": f"Organisme {rank}", "aliases": f"Ancien {rank};Vieux {rank}"},
                parent=one(body_codes[:rank]),
                successor=one(body_codes[:rank]),
            )
        )
        for rank, code in enumerate(body_codes)
    )
    names = [body.name for body in bodies]
    centre_codes = draw(codes("DC", 3))
    centres = tuple(
        with_na(
            draw,
            draw(
                filled(
                    DataCentre,
                    {"code": code},
                    name=TEXTS,
                    pue=st.none() | st.floats(1, 4).map(lambda value: round(value, 3)),
                    parent=one(centre_codes[:rank]),
                    entity=one(names),
                    host_entity=one(names),
                )
            ),
            ("pue", "wue", "power_kw", "contract_kgco2e_kwh"),
        )
        for rank, code in enumerate(centre_codes)
    )
    assets = draw(equipment(centre_codes, names))
    nodes = draw(boxes())
    places = [node.code for node in nodes]
    app_codes = draw(codes("A", 4)) if places else []
    applications = tuple(
        with_na(
            draw,
            draw(
                filled(
                    Application,
                    {"code": code},
                    name=TEXTS,
                    node=st.sampled_from(places),
                    owner=one(names),
                    perimeter=st.sampled_from(["", "interne", "usagers"]),
                    rgaa=SHARES,
                    rgesn=SHARES,
                )
            ),
            APPLICATION_NA,
        )
        for code in app_codes
    )
    machines = draw(virtual(assets, names))
    return Inventory(
        nodes=nodes,
        applications=applications,
        data_centres=centres,
        assets=assets,
        machines=machines,
        links=draw(links(app_codes, machines, assets)),
        organisations=bodies,
        **draw(beside(app_codes, places, centre_codes)),
    )


@st.composite
def virtual(
    draw: st.DrawFn, assets: tuple[PhysicalAsset, ...], bodies: list[str]
) -> tuple[VirtualMachine, ...]:
    found: list[VirtualMachine] = []
    clusters = [asset.cluster for asset in assets if asset.cluster]
    for name in draw(codes("v", 4)):
        found.append(
            with_na(
                draw,
                draw(
                    filled(
                        VirtualMachine,
                        {"name": name},
                        host=one([asset.name for asset in assets]),
                        cluster=one(clusters),
                        kind=st.sampled_from(sorted(set(KINDS.values()))),
                        key=st.none() | st.floats(0, 0.2).map(lambda value: round(value, 3)),
                        entity=one(bodies),
                        inside=one([machine.name for machine in found]),
                    )
                ),
                ("key", "vcpu", "ram_gb", "storage_gb", "yearly_kwh"),
            )
        )
    return tuple(found)


@st.composite
def links(
    draw: st.DrawFn, apps: list[str], machines: tuple[VirtualMachine, ...], assets: tuple[PhysicalAsset, ...]
) -> tuple[ApplicationLink, ...]:
    found: dict[tuple[str, ...], ApplicationLink] = {}
    on = [*((vm.name, "") for vm in machines), *(("", asset.name) for asset in assets)]
    for app in apps if on else []:
        (vm, host), environment = draw(st.sampled_from(on)), draw(MAYBE_TEXTS)
        share = draw(st.none() | st.floats(0, 0.2).map(lambda value: round(value, 3)))
        found[app, environment, vm, host] = ApplicationLink(app, environment, vm, host, share)
    return tuple(found.values())


@st.composite
def beside(draw: st.DrawFn, apps: list[str], places: list[str], centres: list[str]) -> dict[str, Any]:
    """The tables that only refer to the others."""
    small = st.floats(0, 0.1).map(lambda value: round(value, 3))
    months = draw(st.lists(st.dates(date(1990, 1, 1), date(2099, 1, 1)).map(lambda day: day.replace(day=1)),
                           max_size=3, unique=True)) if centres else []  # fmt: skip
    pue = st.none() | st.floats(1, 4).map(lambda value: round(value, 3))
    pairs = [(first, second) for at, first in enumerate(apps) for second in apps[at + 1 :]]
    return {
        "readings": tuple(
            draw(filled(Reading, {"data_centre": draw(one(centres, False)), "month": month}, pue=pue))
            for month in months
        ),
        "services": tuple(
            with_na(
                draw,
                draw(filled(Service, {"name": name}, application=st.sampled_from(apps), pue=pue)),
                ("yearly_kwh", "kgco2e", "spend_eur", "pue"),
            )
            for name in (draw(codes("s", 3)) if apps else [])
        ),
        "platform_keys": tuple(PlatformKey(first, second, draw(small)) for first, second in pairs[:3]),
        "placements": tuple(Placement(app, draw(st.sampled_from(places)), draw(small)) for app in apps[:2]),
        "flows": tuple(Flow(first, second, draw(MAYBE_TEXTS), draw(YES), draw(YES)) for first, second in pairs[:3]),
        "use_cases": tuple(
            draw(
                filled(
                    AiUseCase,
                    {"code": code},
                    title=TEXTS,
                    application=one(apps),
                    status=st.sampled_from(["", *sorted(set(STATUSES.values()))]),
                )
            )
            for code in draw(codes("CU", 3))
        ),
    }  # fmt: skip
