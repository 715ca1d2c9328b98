"""What the stacks with OpenLIT share."""

from __future__ import annotations

from typing import Final

from tests.stacks.stack import APPS

# It asks the network for prices when it starts, unless a file has them.
WITHOUT_PRICES: Final = {"OPENLIT_PRICING_JSON": str(APPS / "no_prices.json")}
