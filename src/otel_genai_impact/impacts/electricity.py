"""The sets of electricity data that a method may name. Which numbers are in them is the inventory's business."""

from __future__ import annotations

from typing import Final

REFERENCE_ELECTRICITY: Final = "ecologits-0.11.3"
"""The reference's own table, known defects included: for exact replay."""

OWN_ELECTRICITY: Final = "own"
"""Ours: a year and a source for each figure, and states of the USA."""
