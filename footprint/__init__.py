"""footprint: the energy of AI and servers, joined to the application map, scored and decided.

    import footprint

    with footprint.measure(application="TRI-COURRIER", model="tri-courrier:1.0", phase="training") as run:
        train()
    print(run.energy_kwh, run.gwp_kgco2e)

Importing this package loads the standard library only: what measures runs in another process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "FootprintError",
    "Run",
    "__version__",
    "load_ipython_extension",
    "measure",
    "measured",
    "progress",
    "unload_ipython_extension",
]

if TYPE_CHECKING:
    from footprint.errors import FootprintError
    from footprint.integrations.decorating import measured
    from footprint.integrations.notebook import load_ipython_extension, unload_ipython_extension
    from footprint.measuring import Run, measure
    from footprint.measuring.nesting import progress

_WHERE = {
    "measure": "footprint.measuring",
    "Run": "footprint.measuring",
    "measured": "footprint.integrations.decorating",
    "progress": "footprint.measuring.nesting",
    "load_ipython_extension": "footprint.integrations.notebook",
    "unload_ipython_extension": "footprint.integrations.notebook",
    "FootprintError": "footprint.errors",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'footprint' has no attribute {name!r}")
