"""What is told apart from the figures of requests, and only to those who ask: training, and the network.

Neither belongs to one request: training was done once for all that will ever come, and nobody knows the way of the bytes.
"""

from __future__ import annotations

from typing import Final

BYTES_PER_TOKEN: Final = 5.0
"""A token of text is about four characters; some JSON comes around it. Nothing is said of images, sound and video."""
_BYTES_PER_GB: Final = 1e9
_J_PER_KWH: Final = 3.6e6


def training_gwp_g(requests: float, training_g_per_request: float) -> float:
    """Greenhouse gases (g CO2eq) of training, as a share for so many requests.

    The share is the training's total over all requests that the model will ever serve, which is anybody's guess. Llama 3
    70B: 1,900 t (its model card) over 100e9 requests would be 0.019 g.
    """
    return requests * training_g_per_request


def network_energy_j(tokens: float, network_kwh_per_gb: float) -> float:
    """Energy (J) of moving so many tokens of text between a caller and a data centre, at so many kWh for 1e9 bytes."""
    return tokens * BYTES_PER_TOKEN / _BYTES_PER_GB * network_kwh_per_gb * _J_PER_KWH
