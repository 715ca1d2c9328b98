"""How names that telemetry contains lead to entries of the inventory, and what is assumed on the way."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import semconv
from otel_genai_impact.inventory.catalog import Catalog, ZoneError
from otel_genai_impact.inventory.compiled import Inventory, inventory
from otel_genai_impact.inventory.providers import MARKETPLACES, TABLES

if TYPE_CHECKING:
    from otel_genai_impact.inventory.resolved import Served

WORLD_AND_DEFAULT = {semconv.DATA_CENTER_DEFAULT, semconv.ZONE_WORLD}


def _serve(provider: str | None, *names: str | None) -> Served:
    served = Catalog().serve(provider, *names)
    assert served is not None
    return served


def test_a_model_is_found_by_its_provider_and_exact_name() -> None:
    """The maker's own service: its data centre, its zone, and that the zone is the provider's own is said."""
    served = _serve("openai", "gpt-4o")
    assert (served.entry.id, served.data_center.provider, served.zone.code) == ("openai/gpt-4o", "openai", "USA")
    assert semconv.ZONE_PROVIDER_DEFAULT in served.assumptions
    assert not WORLD_AND_DEFAULT & set(served.assumptions)


@pytest.mark.parametrize(
    ("spelling", "model"),
    [
        ("openai", "gpt-4o"),
        ("azure.ai.openai", "gpt-4o"),
        ("azure.ai.inference", "gpt-4o"),
        ("az.ai.openai", "gpt-4o"),
        ("OpenAI", "gpt-4o"),
        ("anthropic", "claude-opus-4-6"),
        ("mistral_ai", "mistral-large-latest"),
        ("mistralai", "mistral-large-latest"),
        ("gcp.gemini", "gemini-2.5-pro"),
        ("gcp.vertex_ai", "gemini-2.5-pro"),
        ("gcp.gen_ai", "gemini-2.5-pro"),
        ("gemini", "gemini-2.5-pro"),
        ("google", "gemini-2.5-pro"),
        ("google_genai", "gemini-2.5-pro"),
        ("cohere", "command-r-08-2024"),
        ("huggingface", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
        ("huggingface_hub", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    ],
)
def test_every_spelling_of_a_provider_leads_to_its_own_data_center(spelling: str, model: str) -> None:
    """OpenTelemetry, SDKs and gateways spell providers differently; upper and lower case are the same."""
    served = _serve(spelling, model)
    assert served.entry.provider == served.data_center.provider
    assert semconv.DATA_CENTER_DEFAULT not in served.assumptions


def test_spellings_point_to_tables_that_exist() -> None:
    """No row of the table of names leads nowhere."""
    assert {*TABLES.values()} <= {*inventory().providers}


def test_no_name_stands_in_two_tables() -> None:
    """So a name without a known provider never has to be guessed."""
    counts = Counter(name for provider in inventory().tables for name in inventory().model_names(provider))
    assert [name for name, count in counts.items() if count > 1] == []


def test_an_alias_leads_to_its_model() -> None:
    """What is reported is the model, not the alias."""
    assert _serve("openai", "gpt-35-turbo").entry == _serve("openai", "gpt-3.5-turbo").entry


_BEDROCK_ARN = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/"


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic/claude-sonnet-4-5-20250929"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic/claude-sonnet-4-5-20250929"),
        ("us-gov.anthropic.claude-3-haiku-20240307-v1:0:200k", "anthropic/claude-3-haiku-20240307"),
        ("global.anthropic.claude-opus-4-6-v1", "anthropic/claude-opus-4-6"),
        ("anthropic.claude-opus-4-6", "anthropic/claude-opus-4-6"),
        (f"{_BEDROCK_ARN}eu.anthropic.claude-opus-4-6-v1", "anthropic/claude-opus-4-6"),
        ("arn:aws:bedrock:eu-west-3::foundation-model/cohere.command-r-v1:0", "cohere/command-r"),
        ("claude-opus-4-6-v1:0", "anthropic/claude-opus-4-6"),
        ("mistral-large-2512-v1:0", "mistralai/mistral-large-2512"),
        ("mistral.mistral-large-2407-v1:0", "mistralai/mistral-large-2407"),
    ],
)
def test_bedrocks_name_of_a_model_is_the_makers_with_more_around_it(name: str, entry: str) -> None:
    """A region, an ARN and a version are taken off, on Bedrock, and the maker may be left out; the figures are the maker's."""
    for provider in ("aws.bedrock", "aws_bedrock", "Bedrock"):
        served = _serve(provider, name)
        assert entry == served.entry.id
        assert served.data_center.provider in {served.entry.provider, "aws/eu-west-3"}


@pytest.mark.parametrize(
    "name",
    ["anthropic.", "nobody.gpt-4o", f"{_BEDROCK_ARN}abcdefgh", "anthropic.mistral-large-2407-v1:0"],
)
def test_what_is_no_name_of_bedrock_that_the_inventory_has_is_unknown(name: str) -> None:
    """Half a name, an unknown maker, a profile that names no model, another maker's model."""
    assert Catalog().serve("aws.bedrock", name) is None


def test_a_name_that_stands_there_with_its_prefix_is_taken_as_it_is() -> None:
    """On Hugging Face `openai/gpt-oss-20b` is the whole name, whoever serves it."""
    assert _serve("groq", "openai/gpt-oss-20b").entry.provider == "huggingface_hub"
    assert _serve("openai", "openai/gpt-oss-20b").entry.provider == "huggingface_hub"


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "gpt", "gpt4o", "gpt-4o-mega", "gpt-40", "openai/", "/gpt-4o", "openai//gpt-4o", "openai/claude-opus-4-6",
        "acme/gpt-4o", "nobody/openai/gpt-4o", "gpt-4o\x00", "1234567openai/gpt-oss-20b", "ft:", "ft::acme",
        "claude", "llama", "llama-3", "8b", "qwen3-8b-a22b", "us.", "models/", "projects/p/locations/l/publishers/google/models/",
        "arn:aws:bedrock:us-east-1:1:provisioned-model/abc", "gpt-4o " + "x" * 400,
    ],
)  # fmt: skip
def test_what_is_only_like_a_name_is_not_guessed(name: str) -> None:
    """A part, another number, an unknown word, maker or path, an opaque id, a contradiction: unknown."""
    for provider in (None, "openai", "huggingface_hub", "groq", "ollama"):
        assert Catalog().serve(provider, name) is None


def test_a_provider_that_nobody_knows_has_the_default_data_center_and_the_worlds_electricity() -> None:
    """The model is known, where it runs is not: PUE 1.09-1.2, WUE 0.09-0.999 L/kWh, WOR; and that is said."""
    served = _serve("groq", "meta-llama/Meta-Llama-3.1-8B-Instruct")
    center = served.data_center.data_center
    assert (center.pue.low, center.pue.high) == (1.09, 1.2)
    assert (center.onsite_wue_l_per_kwh.low, center.onsite_wue_l_per_kwh.high) == (0.09, 0.999)
    assert served.zone.code == "WOR"
    assert set(served.assumptions) >= WORLD_AND_DEFAULT


def test_the_default_data_center_is_the_envelope_of_the_known_ones() -> None:
    """From the lowest to the highest figure of the six providers."""
    centers = [entry.data_center for name in inventory().providers if (entry := inventory().data_center(name))]
    default = _serve(None, "gpt-4o").data_center.data_center
    assert min(center.pue.low for center in centers) == default.pue.low
    assert max(center.pue.high for center in centers) == default.pue.high
    assert min(center.onsite_wue_l_per_kwh.low for center in centers) == default.onsite_wue_l_per_kwh.low
    assert max(center.onsite_wue_l_per_kwh.high for center in centers) == default.onsite_wue_l_per_kwh.high


@pytest.mark.parametrize("provider", [None, "", "groq", "anthropic"])
def test_who_serves_anothers_model_does_not_do_so_from_that_makers_data_center(provider: str | None) -> None:
    """`gpt-4o` anywhere but at OpenAI, Azure or a marketplace: the default data centre."""
    assert _serve(provider, "gpt-4o").data_center.provider == "default"


@pytest.mark.parametrize("marketplace", sorted(MARKETPLACES))
def test_a_marketplace_serves_a_model_with_its_makers_figures(marketplace: str) -> None:
    """Bedrock and Vertex have no figures of their own: the maker's data centre and zone."""
    served = _serve(marketplace, "claude-opus-4-6")
    assert (served.data_center.provider, served.zone.code) == ("anthropic", "USA")


def test_open_weights_on_a_marketplace_run_nobody_knows_where() -> None:
    """The Hugging Face Hub, in whose table they stand, does not serve what Bedrock serves."""
    served = _serve("aws.bedrock", "us.meta.llama3-1-70b-instruct-v1:0")
    assert served.data_center.provider == "default"
    assert set(served.assumptions) >= WORLD_AND_DEFAULT


def test_the_responses_name_comes_before_the_requests() -> None:
    """Both are known: the response says what really ran."""
    served = _serve("openai", "gpt-4o-mini", "gpt-4o")
    assert served.entry.name == "gpt-4o-mini"
    assert semconv.MODEL_FROM_REQUEST not in served.assumptions


def test_the_requests_name_helps_where_the_responses_is_unknown_and_that_is_said() -> None:
    """A fine-tuned model answers with a name of its own."""
    served = _serve("openai", "my-deployment", "gpt-4o")
    assert served.entry.name == "gpt-4o"
    assert semconv.MODEL_FROM_REQUEST in served.assumptions


def test_the_requests_name_alone_is_no_assumption() -> None:
    """Without a response's name, nothing contradicts it."""
    served = _serve("openai", None, "gpt-4o")
    assert served.entry.name == "gpt-4o"
    assert semconv.MODEL_FROM_REQUEST not in served.assumptions


def test_no_name_at_all_is_an_unknown_model() -> None:
    """Neither the response nor the request names one."""
    assert Catalog().serve("openai", None, None) is None
    assert Catalog().serve("openai") is None


def test_a_zone_for_all_requests_replaces_the_providers_and_is_no_assumption() -> None:
    """The user said so: neither the provider's nor the world's zone was assumed."""
    served = Catalog(zone="FRA").serve("openai", "gpt-4o")
    assert served is not None
    assert served.zone.code == "FRA"
    assert not {semconv.ZONE_PROVIDER_DEFAULT, semconv.ZONE_WORLD} & set(served.assumptions)


def test_what_the_world_stands_in_for_in_a_zone_is_said() -> None:
    """AFG has no ADPe, PE and water factors of its own."""
    served = Catalog(zone="AFG").serve("openai", "gpt-4o")
    assert served is not None
    expected = {semconv.GRID_ADPE_WORLD, semconv.GRID_PE_WORLD, semconv.GRID_WUE_WORLD}
    assert expected <= set(served.assumptions)
    assert sorted(served.assumptions) == list(served.assumptions)


@pytest.mark.parametrize(("written", "code"), [("fra", "FRA"), (" USA ", "USA"), ("WLD", "WOR"), ("World", "WOR")])
def test_a_zone_may_be_written_in_several_ways(written: str, code: str) -> None:
    """Either case, spaces around it, and other data sets' names of the world."""
    assert Catalog().zone(written).code == code


def test_a_zone_that_does_not_exist_is_an_error_that_says_what_to_try() -> None:
    """It names what was asked, and the nearest codes."""
    with pytest.raises(ZoneError, match=r"no electricity zone 'UAS'; .*did you mean 'USA'"):
        Catalog(zone="UAS")


def test_a_zone_of_the_settings_that_does_not_exist_is_one_line_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    """The application runs on with the provider's own zone."""
    with caplog.at_level(logging.WARNING):
        served = Catalog.of_setting("Europe").serve("openai", "gpt-4o")
    assert served is not None
    assert served.zone.code == "USA"
    assert len(caplog.messages) == 1
    assert "zone" in caplog.text
    assert "'Europe'" in caplog.text


def test_near_names_are_hints_for_messages() -> None:
    """Names like the one asked for, of that provider, or of all where it has no table; none for a name like no other."""
    assert "did you mean 'gpt-4o'" in Catalog().nearest("openai", "gpt4o")
    assert "did you mean 'gpt-4o'" in Catalog().nearest("nobody", "nobody/gpt4o")
    assert "'claude-opus-4-6'" in Catalog().nearest("aws.bedrock", "us.anthropic.claude-opus-4-6x-v1:0")
    assert Catalog().nearest("openai", "zzzzzzzz") == ""


def test_an_inventory_without_a_default_data_center_is_an_error_of_its_own() -> None:
    """Who brings another inventory learns what it lacks when it is needed."""
    entries = Inventory(
        {
            "data_version": "2026.11",
            "makers": {"acme": "acme"},
            "models": {"acme": {"small": (7, 7, 7, 7, None, None, 0, None)}},
            "aliases": {"acme": {}},
            "zones": {"WOR": (0.5, 1e-8, 10, 4, 0)},
            "data_centers": {},
        }
    )
    with pytest.raises(LookupError, match="no default data centre"):
        Catalog(entries=entries).serve("acme", "small")
