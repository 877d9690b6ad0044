"""Callbacks and loggers for the libraries people train with; each module loads its library, none is required.

    footprint.integrations.huggingface   Hugging Face Trainer
    footprint.integrations.lightning     Lightning, PyTorch Lightning
    footprint.integrations.keras         Keras 3, whatever its back end
    footprint.integrations.mlflow        MLflow

MissingLibrary (a FootprintError and an ImportError)   the library is not installed
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from footprint.errors import FootprintError
from footprint.texts import say

__all__ = ["MissingLibrary", "required"]


class MissingLibrary(FootprintError, ImportError):
    """The library an integration is for is not installed; the message says what to install."""

    def __init__(self, library: str, package: str) -> None:
        super().__init__(
            f"{library} n’est pas installé ici. Installez-le (pip install {package}), ou mesurez sans lui : "
            "with footprint.measure(…).",
            f"{library} is not installed here. Install it (pip install {package}), or measure without it: "
            "with footprint.measure(…).",
        )

    def __str__(self) -> str:
        return say(self.fr, self.en)


def required(module: str, library: str, package: str) -> Any:
    """The module of that name; raises MissingLibrary when its top package is not there.

    An error inside an installed library is its own and goes through.
    """
    top = module.partition(".")[0]
    try:
        import_module(top)
    except ModuleNotFoundError as error:
        if error.name != top:
            raise
        raise MissingLibrary(library, package) from error
    return import_module(module)
