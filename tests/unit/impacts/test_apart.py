"""Training and the network, which are told apart from the figures of requests."""

from __future__ import annotations

import pytest

from otel_genai_impact.impacts.apart import network_energy_j, training_gwp_g


def test_training_is_shared_by_requests() -> None:
    """500 requests at 0.02 g each: 10 g."""
    assert pytest.approx(10.0, rel=1e-12) == training_gwp_g(500, 0.02)


def test_tokens_take_energy_on_their_way() -> None:
    """2e8 tokens of 5 bytes are 1e9 bytes; at 0.25 kWh for 1e9 bytes that is 0.25 kWh, 900,000 J."""
    assert pytest.approx(900_000, rel=1e-12) == network_energy_j(2e8, 0.25)
