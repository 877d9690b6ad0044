"""Dates as people read them on pages."""

from __future__ import annotations

from footprint.moments import day, moment

__all__ = ["day", "moment"]
