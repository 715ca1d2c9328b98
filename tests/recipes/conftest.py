"""One environment at a time: the tests of the page that is installed in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.kit.answers import Answer
from tests.recipes import pages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer

if pages.BIN_VARIABLE not in os.environ:
    raise pytest.UsageError("the recipes run in environments of their own: make test-recipes")

ANSWER = Answer(text="Good day.", model="gpt-4o", input_tokens=12, output_tokens=345)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cook:
    """Runs the scripts of pages, against the local provider and a local receiver of OTLP."""

    folder: Path
    provider: ProviderServer
    sink: OtlpSink

    def environment(self, **more: str) -> dict[str, str]:
        """What every page takes for granted: a key of OpenAI's; and what makes its SDK talk to this machine."""
        return {"OPENAI_API_KEY": "not-a-key", "OPENAI_BASE_URL": f"{self.provider.url}/v1", **more}

    def run(self, page: str, script: str, replacing: Mapping[str, str], **environment: str) -> pages.Said:
        """The output of a page's script, which ends by itself and prints the answer."""
        said = pages.run(page, script, self.folder, self.environment(**environment), replacing)
        assert ANSWER.text in said.stdout
        return said

    def by_grpc(self) -> dict[str, str]:
        """The receiver instead of the address that pages show."""
        return {"http://localhost:4317": self.sink.grpc_endpoint}

    def by_http(self) -> dict[str, str]:
        """The same for HTTP."""
        return {"http://localhost:4318": self.sink.http_endpoint}

    def counted(self) -> float:
        """How many requests the metric says there were, each with its tokens' energy on exactly one span."""
        estimated = [span for span in self.sink.spans if "genai_impact.energy" in span.attributes]
        energy_j = sum(float(str(span.attributes["genai_impact.energy"])) for span in estimated)
        assert pytest.approx(energy_j, rel=1e-9) == self.sink.sum_of("genai_impact.energy")
        assert len(estimated) == self.sink.sum_of("genai_impact.requests")
        return len(estimated)


@pytest.fixture
def cook(tmp_path: Path, provider: ProviderServer, sink: OtlpSink) -> Cook:
    """For one test."""
    provider.default = ANSWER
    return Cook(folder=tmp_path, provider=provider, sink=sink)
