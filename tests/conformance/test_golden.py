"""56 results of EcoLogits 0.11.3 on record: they hold where the reference itself is not installed, too."""

from __future__ import annotations

import csv
from pathlib import Path

from otel_genai_impact import estimate
from tests.conformance.differences import Worst


def test_the_golden_vectors() -> None:
    """Every bound on record is met to 1e-12."""
    with Path(__file__).with_name("golden.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    worst = Worst()
    for row in rows:
        latency = row["request_latency_s"]
        impacts = estimate(
            row["provider"],
            row["model"],
            output_tokens=int(row["output_tokens"]),
            latency_s=float(latency) if latency else None,
            zone=row["zone"] or None,
        ).impacts
        intervals = {
            "energy_kwh": impacts.energy_kwh,
            "gwp_kg": impacts.gwp_kgco2eq,
            "adpe_kgsb": impacts.adpe_kgsbeq,
            "pe_mj": impacts.pe_mj,
            "wcf_l": impacts.wcf_l,
            "usage_gwp_kg": impacts.usage.gwp_kgco2eq,
            "embodied_gwp_kg": impacts.embodied.gwp_kgco2eq,
        }
        actual = {f"{key}_min": interval.low for key, interval in intervals.items()}
        actual |= {f"{key}_max": interval.high for key, interval in intervals.items()}
        worst.compare(row["model"], {key: float(row[key]) for key in actual}, actual)
    assert len(rows) == 56
    assert worst.error <= 1e-12, worst.where
