"""Language models: estimated before (EcoLogits), measured while they serve (pilot and fit of M6).

    footprint.llm.estimate("openai", "gpt-4o", output_tokens=300, requests=12_000)

Errors of this package, one root:

    FootprintError
    └── LlmRefused            a pilot, a fit or an extrapolation that cannot be made as asked
"""

from footprint.llm.errors import LlmRefused
from footprint.llm.estimate import Estimate, estimate
from footprint.llm.fit import Fit, Level, Yearly, extrapolate, fit

__all__ = ["Estimate", "Fit", "Level", "LlmRefused", "Yearly", "estimate", "extrapolate", "fit"]
