"""A small inventory folder without a mistake, for the tests of the loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ACME = """\
provider = "acme"
maker = "acme-labs"

[models."big"]
architecture = "moe"
total_parameters_b = 440
active_parameters_b = [44, 132.5]
parameters_disclosed = false
multimodal = true
output_tokens_per_s = 100.1
time_to_first_token_s = 0.5
sources = ["https://example.com/big"]
checked = 2026-11-22
reference = "EcoLogits 0.11.3"

[models."small"]
architecture = "dense"
parameters_b = 7
sources = ["https://example.com/small"]
checked = 2026-11-21
reference = "EcoLogits 0.9.3"
retired_in = "0.10.0"

[aliases."tiny"]
model = "small"
checked = 2026-11-20
reference = "EcoLogits 0.11.3"
"""
ZONES = """\
sources = ["https://example.com/mixes"]
checked = 2026-11-22

[zones]
FRA = { gwp_kgco2eq_per_kwh = 0.04, adpe_kgsbeq_per_kwh = 5e-8, pe_mj_per_kwh = 11, wue_l_per_kwh = 3.9, from_world = ["wue", "adpe"] }
WOR = { gwp_kgco2eq_per_kwh = 0.45, adpe_kgsbeq_per_kwh = 1e-8, pe_mj_per_kwh = 2.5, wue_l_per_kwh = 3.9 }
"""
DATA_CENTERS = """\
[data_centers.acme]
pue = [1.1, 1.2]
onsite_wue_l_per_kwh = 0.5
zone = "FRA"
sources = ["https://example.com/pue"]
checked = 2026-11-22

[data_centers.default]
pue = 1.3
onsite_wue_l_per_kwh = 0
zone = "WOR"
sources = ["https://example.com/pue"]
checked = 2026-11-22
"""
META = """\
data_version = "2026.11"
licence = "Free"
attribution = "Us"
"""
FILES = {"models/acme.toml": ACME, "zones.toml": ZONES, "data_centers.toml": DATA_CENTERS, "meta.toml": META}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files below a folder, and give the folder back."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
