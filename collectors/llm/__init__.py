"""Language models: what a provider's model should use (EcoLogits), what a served one did (its counters).

Errors, under the root of the package:

    CollectorError
    └── LlmError
        ├── EcologitsMissing     the library is not installed
        ├── UnknownModel         EcoLogits does not know this provider or model; close names in `near`
        └── ServingUnreadable    an address of metrics that does not answer, or not with those counters
"""

from collectors.llm.serving import Exporter, Increase, LlmError, ServingUnreadable

__all__ = ["Exporter", "Increase", "LlmError", "ServingUnreadable"]
