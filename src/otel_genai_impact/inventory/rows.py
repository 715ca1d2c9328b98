"""Entries as the rows of numbers in which a compiled inventory keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_genai_impact.inventory.compiled import MODEL_ASSUMPTIONS, ZONE_ASSUMPTIONS

if TYPE_CHECKING:
    from otel_genai_impact.inventory.compiled import (
        CloudRow,
        DataCenterEntry,
        DataCenterRow,
        ModelEntry,
        ModelRow,
        ZoneEntry,
        ZoneRow,
    )
    from otel_genai_impact.inventory.places_loader import CloudRecord


def model_row(entry: ModelEntry) -> ModelRow:
    """A model's row."""
    active, total = entry.model.active_parameters_b, entry.model.total_parameters_b
    return (
        active.low,
        active.high,
        total.low,
        total.high,
        entry.model.output_tokens_per_s,
        entry.model.time_to_first_token_s,
        _flags(MODEL_ASSUMPTIONS, entry.assumptions),
        entry.model.weight_bytes,
    )


def zone_row(entry: ZoneEntry) -> ZoneRow:
    """A zone's row."""
    mix = entry.electricity_mix
    return (
        mix.gwp_kgco2eq_per_kwh,
        mix.adpe_kgsbeq_per_kwh,
        mix.pe_mj_per_kwh,
        mix.wue_l_per_kwh,
        _flags(ZONE_ASSUMPTIONS, entry.assumptions),
    )


def data_center_row(entry: DataCenterEntry) -> DataCenterRow:
    """A data centre's row."""
    pue, wue = entry.data_center.pue, entry.data_center.onsite_wue_l_per_kwh
    return (pue.low, pue.high, wue.low, wue.high, entry.zone)


def _flags(codes: tuple[str, ...], present: tuple[str, ...]) -> int:
    """The codes as bits: bit i stands for code i."""
    return sum(1 << codes.index(code) for code in present)


def cloud_row(record: CloudRecord) -> CloudRow:
    """A cloud's row."""
    pue, wue = record.data_center.pue, record.data_center.onsite_wue_l_per_kwh
    return (pue.low, pue.high, wue.low, wue.high, dict(sorted(record.zones.items())))
