"""The error of this package."""

from __future__ import annotations

from footprint.errors import FootprintError


class LlmRefused(FootprintError):
    """A pilot, a fit or an extrapolation that cannot be made as asked; the sentence says what to do."""
