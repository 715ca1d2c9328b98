"""Fixtures that any test may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.otlp_sink import OtlpSink

# Their assertions shall show their values too.
pytest.register_assert_rewrite("tests.integration.sdk_promises")


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    """A local server with the APIs of the providers."""
    with ProviderServer() as server:
        yield server


@pytest.fixture
def sink() -> Iterator[OtlpSink]:
    """An OTLP receiver."""
    from tests.kit.otlp_sink import OtlpSink  # gRPC is not to be had for each Python that unit tests run on

    with OtlpSink() as receiver:
        yield receiver
