"""Names that the engine's tables carry and that others read: pools, activities, keys. No library is loaded."""

from __future__ import annotations

import pyarrow as pa

ALONE = "machine:"
CLUSTER = "grappe:"
NETWORK = "reseau:"
STORAGE = "stockage:"
SERVICE = "service:"
PLATFORM = "plateforme:"
"""Pools (M4): a machine, a cluster, the shared gear of a room, a service bought, a shared platform."""

STATEMENT = "declare:"
MEASURE = "mesure:"
"""How the activities of the body are called, what it typed and what it measured; others are of the catalogue."""

MARKET = "gwp_market"
"""Market-based emissions of electricity under contract (M2): an indicator of its own, never mixed with gwp."""

# Weights by stage of the cloud PCR (method.md M4). Stages it does not name take those of manufacture.
WEIGHTS = pa.Table.from_pylist(
    [
        {"stage_class": "manufacture", "w_ram": 0.85, "w_vcpu": 0.02, "w_storage": 0.13},
        {"stage_class": "transport", "w_ram": 0.33, "w_vcpu": 0.34, "w_storage": 0.33},
        {"stage_class": "use", "w_ram": 0.30, "w_vcpu": 0.60, "w_storage": 0.10},
    ]
)
