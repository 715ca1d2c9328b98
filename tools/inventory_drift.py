"""What the installed reference and price list have that our inventory has not, or has otherwise. Reports; changes nothing.

python tools/inventory_drift.py            what is missing, by package; exit code 1 if a number of the reference differs
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from ecologits.electricity_mix_repository import electricity_mixes
from ecologits.model_repository import models as reference_models
from genai_prices.data_snapshot import get_snapshot

from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.compiled import inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

# Providers of the price list that serve what others make under names of their own.
_GATEWAYS: Final = frozenset({"openrouter", "huggingface_novita", "avian", "requesty"})
_SHOWN: Final = 10


def unknown_models_of_the_reference() -> list[str]:
    """Models that the reference knows and we do not."""
    return [
        f"{model.provider.value}/{model.name}"
        for model in reference_models.list_models()
        if inventory().model(model.provider.value, model.name) is None
    ]


def changed_zones_of_the_reference() -> list[str]:
    """Zones of which the reference has other greenhouse gases now."""
    return [
        mix.zone
        for mix in electricity_mixes.list_electricity_mixes()
        if (ours := inventory().zone(mix.zone)) is None or ours.electricity_mix.gwp_kgco2eq_per_kwh != mix.gwp
    ]


def unknown_names_of_the_price_list() -> Iterator[tuple[str, str]]:
    """Provider and name of each model of the price list that leads to nothing here."""
    catalog = Catalog()
    for provider in get_snapshot().providers:
        if provider.id not in _GATEWAYS:
            for model in provider.models:
                if catalog.identify(provider.id, model.id) is None:
                    yield provider.id, model.id


def main() -> int:
    """Print the drift; the exit status says whether the reference has what we have not."""
    models, zones = unknown_models_of_the_reference(), changed_zones_of_the_reference()
    print(f"ecologits {version('ecologits')}: {len(models)} models unknown here, {len(zones)} zones with other figures")
    for name in (*models, *zones):
        print(f"  {name}")
    unknown: dict[str, list[str]] = {}
    for provider, name in unknown_names_of_the_price_list():
        unknown.setdefault(provider, []).append(name)
    count = sum(map(len, unknown.values()))
    print(f"genai-prices {version('genai-prices')}: {count} names lead to no model here")
    for provider, names in sorted(unknown.items()):
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        print(f"  {provider}: {', '.join(names[:_SHOWN])}{more}")
    return 1 if models or zones else 0


if __name__ == "__main__":
    raise SystemExit(main())
