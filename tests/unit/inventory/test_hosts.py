"""Who answers at a host, and what serves a request that went there."""

from __future__ import annotations

import pytest

from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.hosts import LOCAL, Server, serve, server_at, services
from otel_genai_impact.inventory.places import Place
from otel_genai_impact.telemetry.request import NAMES, read

CATALOG = Catalog()
OPEN_WEIGHTS = "meta-llama/Meta-Llama-3.1-70B-Instruct"


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("my-resource.openai.azure.com", "azure.ai.openai"),
        ("my-project.services.ai.azure.com", "azure.ai.openai"),
        ("api.groq.com", "groq"),
        ("api.together.xyz", "together"),
        ("openrouter.ai", "openrouter"),
        ("api.deepseek.com", "deepseek"),
        ("api.mistral.ai", "mistral_ai"),
        ("api.x.ai", "x_ai"),
        ("api.fireworks.ai", "fireworks"),
        ("api.perplexity.ai", "perplexity"),
        ("api.cerebras.ai", "cerebras"),
        ("generativelanguage.googleapis.com", "gcp.gemini"),
        ("europe-west4-aiplatform.googleapis.com", "gcp.vertex_ai"),
        ("bedrock-runtime.us-west-2.amazonaws.com", "aws.bedrock"),
        ("localhost", LOCAL),
        ("127.0.0.1", LOCAL),
        ("10.1.2.3", LOCAL),
        ("192.168.1.20:8000", LOCAL),
        ("::1", LOCAL),
        ("[fd00::1]:11434", LOCAL),
        ("vllm", LOCAL),
        ("vllm.models.svc", LOCAL),
        ("host.docker.internal", LOCAL),
        ("http://localhost:11434/v1", LOCAL),
        ("https://openrouter.ai/api/v1/", "openrouter"),
        ("API.GROQ.COM.", "groq"),
    ],
)
def test_who_answers_at_a_host(address: str, provider: str) -> None:
    """By the host, with or without a port, or of a URL, in either case."""
    server = server_at("openai", address)
    assert server is not None
    assert provider == server.provider


@pytest.mark.parametrize(
    "address",
    [
        "api.openai.com", "eu.api.openai.com", "https://api.openai.com/v1", "llm.example.com", "8.8.8.8", "", "//", "http://[",
        "notapi.groq.com.example.com", "evil-openai.azure.com.example.com", "x" * 600, "\ud800.com", 12, None, ("api.groq.com",),
    ],
)  # fmt: skip
def test_where_the_span_is_believed(address: object) -> None:
    """At the provider's own hosts, at hosts that nobody knows, and where there is no host."""
    assert server_at("openai", address) is None


def test_every_service_is_reached_by_its_own_hosts() -> None:
    """No earlier pattern takes a later one's hosts, and each says where it is documented."""
    for service in services():
        for pattern in service.hosts:
            server = server_at("nobody", pattern.replace("*", "eu-1"))
            assert server is not None
            assert service.provider == server.provider


def test_the_makers_own_service_has_its_data_center() -> None:
    """Gemini through OpenAI's SDK runs where Gemini runs, and the assumption says how that is known."""
    served = serve(CATALOG, "openai", Server("gcp.gemini", None), "gemini-2.5-flash")
    direct = CATALOG.serve("gcp.gemini", "gemini-2.5-flash")
    assert served is not None
    assert direct is not None
    assert (served.entry, served.data_center, served.zone) == (direct.entry, direct.data_center, direct.zone)
    assert served.assumptions == tuple(sorted((*direct.assumptions, "provider.host")))


@pytest.mark.parametrize("at", ["groq", LOCAL, "openrouter"])
def test_open_weights_run_where_nobody_knows(at: str) -> None:
    """They may run anywhere: the default data centre, with the world's electricity."""
    served = serve(CATALOG, "openai", Server(at, None), OPEN_WEIGHTS)
    assert served is not None
    assert {"data_center.default", "provider.host", "zone.world"} <= set(served.assumptions)


@pytest.mark.parametrize("at", [LOCAL, "openrouter"])
def test_a_model_that_is_not_published_runs_at_its_maker(at: str) -> None:
    """Whatever stands in between only passes the request on."""
    assert serve(CATALOG, "openai", Server(at, None), "gpt-4o") == CATALOG.serve("openai", "gpt-4o")
    served = serve(CATALOG, "openai", Server(at, None), "anthropic/claude-sonnet-4-5")
    assert served is not None
    assert served.data_center.provider == "anthropic"
    assert "provider.host" in served.assumptions


def test_an_unknown_model_stays_unknown() -> None:
    """Wherever it is asked for."""
    assert serve(CATALOG, "openai", Server(LOCAL, None), "nobody-knows-it") is None


@pytest.mark.parametrize(
    ("provider", "address", "server"),
    [
        ("aws.bedrock", "bedrock-runtime.eu-west-3.amazonaws.com", Server(None, Place("aws", "eu-west-3"))),
        (
            "aws_bedrock",
            "https://bedrock-runtime.eu-west-3.amazonaws.com:443/",
            Server(None, Place("aws", "eu-west-3")),
        ),
        ("gcp.vertex_ai", "europe-west9-aiplatform.googleapis.com", Server(None, Place("gcp", "europe-west9"))),
        ("azure.ai.inference", "swedencentral.inference.ai.azure.com", Server(None, Place("azure", "swedencentral"))),
        ("azure.ai.openai", "swedencentral.api.cognitive.microsoft.com", Server(None, Place("azure", "swedencentral"))),
        ("anthropic", "bedrock-runtime.eu-west-3.amazonaws.com", Server("aws.bedrock", Place("aws", "eu-west-3"))),
        ("openai", "europe-west9-aiplatform.googleapis.com", Server("gcp.vertex_ai", Place("gcp", "europe-west9"))),
        ("openai", "https://api.scaleway.ai/v1", Server("scaleway", Place("scaleway", "fr-par"))),
        ("scaleway", "5a1.ifr.nl-ams.scaleway.com", Server(None, Place("scaleway", "nl-ams"))),
        ("openai", "oai.endpoints.kepler.ai.cloud.ovh.net", Server("ovhcloud", Place("ovhcloud", "eu"))),
        ("openai", "5a1.app.gra.ai.cloud.ovh.net", Server("ovhcloud", Place("ovhcloud", "gra"))),
        ("aws.bedrock", "bedrock-runtime.nowhere-1.amazonaws.com", None),
        ("aws.bedrock", "gateway.example.com", None),
        ("aws.bedrock", "localhost", None),
        ("gcp.vertex_ai", "aiplatform.googleapis.com", None),
    ],
)
def test_the_host_of_a_cloud_says_the_region(provider: str, address: str, server: Server | None) -> None:
    """Whatever the cloud is called; a region that the inventory does not have makes no difference, and no plan of its own."""
    assert server == server_at(provider, address)


def test_a_region_in_the_host_is_where_the_electricity_is_from() -> None:
    """Bedrock in Paris: France, AWS's figures, and no guess of a provider's usual zone."""
    name = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    at = server_at("aws.bedrock", "bedrock-runtime.eu-west-3.amazonaws.com")
    served = serve(CATALOG, "aws.bedrock", at, name)
    assert served is not None
    assert ("FRA", "aws/eu-west-3") == (served.zone.code, served.data_center.provider)
    assert "data_center.cloud" in served.assumptions
    assert "zone.provider_default" not in served.assumptions
    assert "provider.host" not in served.assumptions


def test_strange_hosts_make_no_plans_of_their_own() -> None:
    """A thousand hosts that nobody knows are one and the same to what is kept by names; so is one that is no text."""
    bedrock = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": "anthropic.claude-3-haiku-20240307-v1:0",
        "gen_ai.usage.output_tokens": 3,
    }
    hosts: list[object] = [f"bedrock-runtime.nowhere-{number}.amazonaws.com" for number in range(1000)]
    requests = [read("chat", {**bedrock, "server.address": host}) for host in [*hosts, None, 7, ("a", "b"), "x" * 9999]]
    assert 1 == len({request[NAMES] for request in requests if request is not None})
    assert all(request is not None for request in requests)
