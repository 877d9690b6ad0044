"""An inventory as a request of the PCR-SI draft: valid JSON, what the format can carry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pos_map.model import DataCentre, Inventory, PhysicalAsset, Service
from pos_map.rcp_si_words import KWH, QUANTITY

_Item = dict[str, Any]


def write_rcp_si(inventory: Inventory, organization: str = "", dataset: str = "") -> str:
    """The equipment, the services bought and the overhead of the rooms of an inventory, as JSON.

    Virtual machines are not written: they run on equipment that is. Unknown values are left out, never 0.
    """
    request = {
        "organization": organization,
        "dataset": dataset,
        "electricity": [],
        "inventory": list(_items(inventory)),
    }
    return json.dumps(request, ensure_ascii=True, indent=2) + "\n"


def _items(inventory: Inventory) -> Iterator[_Item]:
    centres = {centre.code: centre for centre in inventory.data_centres}
    for asset in inventory.assets:
        yield _asset(asset, centres.get(asset.data_centre))
    for centre in inventory.data_centres:
        if (overhead := _overhead(centre, inventory)) is not None:
            yield {
                "id": f"non-IT {centre.code}",
                "type": "non-IT",
                "name": "Non-IT Electricity",
                QUANTITY: 1,
                "unit": "kWh",
                "lifetime": 1,
                KWH: overhead,
                **_tags(datacenter=centre.code),
            }
    names = {asset.name for asset in inventory.assets}
    for service in inventory.services:
        yield {
            **_service(service),
            "id": f"{service.name} (service)" if service.name in names else service.name,
        }


def _asset(asset: PhysicalAsset, centre: DataCentre | None) -> _Item:
    known = sum(value is not None for value in (asset.lifetime_y, asset.yearly_kwh))
    item = {
        "id": asset.name,
        "type": asset.type,
        "name": asset.model,
        QUANTITY: asset.quantity,
        "unit": "piece",
        "lifetime": asset.lifetime_y,
        "quality": ("low", "medium", "high")[known],
        KWH: asset.yearly_kwh,
        "mix_of_use": asset.country or (centre.location if centre else "") or None,
        **_tags(datacenter=asset.data_centre, site=asset.site, entity=asset.entity),
    }
    return {name: value for name, value in item.items() if value is not None}


def _service(service: Service) -> _Item:
    item = {
        "id": service.name,
        "type": "cloud",
        "name": service.name,
        QUANTITY: 1,
        "unit": "year",
        "lifetime": 1,
        "quality": "medium" if service.yearly_kwh is not None or service.kgco2e is not None else "low",
        KWH: service.yearly_kwh,
        "mix_of_use": service.country or None,
        "impacts": None if service.kgco2e is None else {"USE": {"GWP": service.kgco2e}},
        **_tags(application=service.application, environment=service.environment, provider=service.provider),
    }
    return {name: value for name, value in item.items() if value is not None}


def _overhead(centre: DataCentre, inventory: Inventory) -> float | None:
    """Electricity of a room that is not of its equipment, by its PUE; None when some equipment says nothing."""
    used = [
        None if asset.yearly_kwh is None else asset.yearly_kwh * asset.quantity
        for asset in inventory.assets
        if asset.data_centre == centre.code
    ]
    known = [kwh for kwh in used if kwh is not None]
    if centre.pue is None or len(known) < len(used) or sum(known) <= 0:
        return None
    return (centre.pue - 1) * sum(known)


def _tags(**given: str) -> dict[str, list[str]]:
    found = [f"{kind}:{value}" for kind, value in given.items() if value]
    return {"tags": found} if found else {}
