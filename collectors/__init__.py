"""Measuring energy: what runs, servers and their channels say. Knows no other room of the house."""

from collectors.records import BadCalibration, CollectorError, EnergyRecord, EnergyRow, Machine, Notice

__all__ = ["BadCalibration", "CollectorError", "EnergyRecord", "EnergyRow", "Machine", "Notice"]
