"""The declared steps from a name to a model, each with the code that it leaves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import semconv
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.compiled import Inventory, inventory
from otel_genai_impact.inventory.names import names
from otel_genai_impact.inventory.spelling import key, read, spellings

if TYPE_CHECKING:
    from otel_genai_impact.inventory.resolved import Resolution

NORMALIZED = (semconv.MODEL_NORMALIZED,)
ALIAS = (semconv.MODEL_ALIAS,)
FALLBACK = (semconv.MODEL_FALLBACK,)


def _means(provider: str | None, name: str, at: dt.date | None = None) -> Resolution:
    found = Catalog().identify(provider, name, at=at)
    assert found is not None, name
    return found


@pytest.mark.parametrize(
    "name", ["gpt-4o", "gpt-4o-2024-08-06", "openai/gpt-oss-20b", "meta-llama/Llama-3.3-70B-Instruct"]
)
def test_an_exact_name_leaves_no_code(name: str) -> None:
    """Nothing was assumed."""
    assert () == _means(None, name).codes


SPELLINGS = [
    # (provider, as telemetry has it, the model's id)
    ("openai", "GPT-4o", "openai/gpt-4o"),
    ("openai", " gpt-4o ", "openai/gpt-4o"),
    ("openai", "openai/gpt-4o", "openai/gpt-4o"),
    ("openai", "gpt-4o-2099-01-01", "openai/gpt-4o"),
    ("openai", "ft:gpt-4o-mini-2024-07-18:acme:support:AbC123", "openai/gpt-4o-mini-2024-07-18"),
    ("openai", "gpt-5.6-sol-2026-07-09", "openai/gpt-5.6-sol"),
    ("openrouter", "openai/gpt-4o:online", "openai/gpt-4o"),
    ("openrouter", "openrouter/deepseek/deepseek-r1:free", "deepseek-ai/DeepSeek-R1"),
    ("azure", "azure/eu/gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06"),
    ("gcp.gemini", "models/gemini-2.5-pro", "google/gemini-2.5-pro"),
    (
        "gcp.vertex_ai",
        "projects/acme/locations/europe-west4/publishers/google/models/gemini-2.5-flash",
        "google/gemini-2.5-flash",
    ),
    ("gcp.vertex_ai", "publishers/anthropic/models/claude-opus-4-5@20251101", "anthropic/claude-opus-4-5-20251101"),
    ("vertex_ai", "vertex_ai/meta/llama-3.3-70b-instruct-maas", "meta-llama/Llama-3.3-70B-Instruct"),
    ("aws.bedrock", "us.meta.llama3-1-70b-instruct-v1:0", "meta-llama/Meta-Llama-3.1-70B-Instruct"),
    ("aws.bedrock", "amazon.nova-pro-v1:0", "amazon/nova-pro"),
    ("aws.bedrock", "openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b"),
    (
        "aws.bedrock",
        "arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic/claude-sonnet-4-5-20250929",
    ),
    ("litellm", "bedrock/us-east-1/mistral.mistral-7b-instruct-v0:2", "mistralai/Mistral-7B-Instruct-v0.2"),
    ("fireworks", "accounts/fireworks/models/llama-v3p1-405b-instruct", "meta-llama/Meta-Llama-3.1-405B-Instruct"),
    ("fireworks", "fireworks_ai/glm-5p1", "zai-org/GLM-5.1"),
    ("together", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    ("groq", "llama-3.3-70b-versatile", "meta-llama/Llama-3.3-70B-Instruct"),
    ("groq", "llama-3.1-8b-instant", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    ("groq", "llama3-70b-8192", "meta-llama/Meta-Llama-3-70B-Instruct"),
    ("cloudflare", "@cf/meta/llama-3.1-8b-instruct-fp8", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    ("ollama", "llama3.1:8b-instruct-q4_K_M", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    ("ollama", "llama3.2", "meta-llama/Llama-3.2-3B-Instruct"),
    ("ollama", "llama3.2:latest", "meta-llama/Llama-3.2-3B-Instruct"),
    ("vllm", "unsloth/Qwen3-8B-GGUF", "Qwen/Qwen3-8B"),
    ("vllm", "RedHatAI/Llama-3.3-70B-Instruct-quantized.w8a8", "meta-llama/Llama-3.3-70B-Instruct"),
    ("ovhcloud", "Meta-Llama-3_3-70B-Instruct", "meta-llama/Llama-3.3-70B-Instruct"),
    ("databricks", "databricks-gpt-5-4-mini", "openai/gpt-5.4-mini"),
    ("github", "claude-opus-4.6", "anthropic/claude-opus-4-6"),
]


@pytest.mark.parametrize(("provider", "name", "model"), SPELLINGS)
def test_what_stands_around_a_name_is_taken_off_and_that_is_said(provider: str, name: str, model: str) -> None:
    """Case, prefixes, routes, regions, ARNs, paths, dates, tags, versions, precisions: the model inside is meant."""
    assert (model, NORMALIZED) == _means(provider, name)[0:4:3]


def test_an_alias_is_said() -> None:
    """A name that no rule gives, and that stands in the inventory for another."""
    assert ("anthropic/claude-sonnet-4-20250514", ALIAS) == _means("snowflake", "claude-4-sonnet")[0:4:3]
    assert ("openai/gpt-3.5-turbo", ALIAS) == _means("openai", "gpt-35-turbo")[0:4:3]


@pytest.mark.parametrize(
    ("day", "model"),
    [
        (dt.date(2024, 6, 1), "mistralai/mistral-large-2411"),
        (dt.date(2025, 12, 1), "mistralai/mistral-large-2411"),
        (dt.date(2025, 12, 2), "mistralai/mistral-large-latest"),
        (None, "mistralai/mistral-large-latest"),
    ],
)
def test_a_name_means_what_it_meant_on_the_day_of_the_span(day: dt.date | None, model: str) -> None:
    """`mistral-large-latest` had 123e9 parameters until Large 3 came out; without a day it is today's."""
    assert model == _means("mistral_ai", "mistral-large-latest", day).id
    assert model == _means("litellm", "mistral/mistral-large-latest", day).id


def test_a_name_changes_on_the_day_of_the_release() -> None:
    """Small 4 came out on 2026-03-16, with 119e9 parameters instead of 23.6e9."""
    days = [dt.date(2026, 3, 15), dt.date(2026, 3, 16)]
    models = [_means("mistral_ai", "mistral-small-latest", day).entry for day in days]
    totals_b = [model.model.total_parameters_b for model in models if model is not None]
    assert [23.6, 119.0] == [total.low for total in totals_b]


def test_the_days_of_a_name_come_one_after_another() -> None:
    """`deepseek-chat` was V2, then V3 and its successors of one size, then V4 Flash."""
    days = [dt.date(2024, 12, 25), dt.date(2024, 12, 26), dt.date(2026, 4, 23), dt.date(2026, 4, 24), None]
    ids = [_means("deepseek", "deepseek-chat", day).id.partition("/")[2] for day in days]
    assert ids == ["DeepSeek-V2", "DeepSeek-V3.2", "DeepSeek-V3.2", "DeepSeek-V4-Flash", "DeepSeek-V4-Flash"]


def test_a_new_member_of_a_family_has_a_wider_range_and_a_code_of_its_own() -> None:
    """`claude-opus-6-1` is no model of the inventory: from below the smallest Opus that is known to above the largest."""
    found = _means("anthropic", "claude-opus-6-1-20270101")
    assert ("anthropic/claude-opus", FALLBACK) == (found.id, found.codes)
    assert found.entry is not None
    assert semconv.MODEL_PARAMETERS_UNDISCLOSED in found.entry.assumptions
    for member in ("claude-opus-4-20250514", "claude-opus-5-5"):
        known = inventory().model("anthropic", member)
        assert known is not None
        assert found.entry.model.total_parameters_b.low < known.model.total_parameters_b.low
        assert found.entry.model.total_parameters_b.high > known.model.total_parameters_b.high


@pytest.mark.parametrize(
    ("name", "total_b", "active_b"),
    [
        ("Qwen/Qwen9-12B-Instruct", 12, 12),
        ("qwen9-2.4t-a95b", 2400, 95),
        ("meta-llama/Llama-3.3-8B-Instruct", 8, 8),
        ("nvidia/Nemotron-4-Nano-40B-A4B", 40, 4),
    ],
)
def test_a_family_that_writes_sizes_into_its_names_is_believed_about_them(
    name: str, total_b: float, active_b: float
) -> None:
    """A rounded size: 0.85 to 1.35 times it."""
    found = _means("vllm", name)
    assert found.codes == FALLBACK
    assert found.entry is not None
    model = found.entry.model
    expected = (0.85 * total_b, 1.35 * total_b, 0.85 * active_b, 1.35 * active_b)
    total, active = model.total_parameters_b, model.active_parameters_b
    assert expected == pytest.approx((total.low, total.high, active.low, active.high))


def test_what_a_name_of_open_weights_says_about_serving_is_no_end_of_a_closed_models_name() -> None:
    """`-turbo` and `-fp8` are ways to serve open weights; at OpenAI such a name would be another model."""
    for name in ("gpt-4o-turbo", "gpt-4o-fp8", "claude-opus-4-6-gguf"):
        assert Catalog().identify("openai", name) is None


def test_the_latest_elsewhere_is_a_family_not_a_model() -> None:
    """`mistral-large` on another's service may be any Large; at Mistral itself it is the latest."""
    assert ("mistralai/mistral-large", FALLBACK) == _means("snowflake", "mistral-large")[0:4:3]
    assert ("mistralai/mistral-large-latest", NORMALIZED) == _means("mistral_ai", "mistral-large")[0:4:3]


def test_a_bare_name_is_the_latest_only_where_its_maker_says_so() -> None:
    """`gemini-pro` was the first Gemini Pro, not the latest: a member of its family, of a size that nobody says."""
    assert ("google/gemini-pro", FALLBACK) == _means("gcp.gemini", "gemini-pro")[0:4:3]


@pytest.mark.parametrize(
    ("provider", "name", "model", "modality"),
    [
        ("openai", "text-embedding-3-small", "openai/text-embedding-3-small", "embedding"),
        ("aws.bedrock", "amazon.titan-embed-text-v2:0", "amazon/titan-embed-text", "embedding"),
        ("cohere", "embed-v4.0", "cohere/embed-v4.0", "embedding"),
        ("openai", "gpt-image-1", "openai/gpt-image-1", "image"),
        ("gcp.gemini", "models/veo-3.1-generate-preview", "google/veo-3.1-generate-preview", "video"),
        ("cohere", "rerank-v3.5", "cohere/rerank-v3.5", "ranking"),
    ],
)
def test_a_model_that_makes_no_text_is_known_but_has_no_numbers(
    provider: str, name: str, model: str, modality: str
) -> None:
    """It is not taken for another, and not estimated, until a method covers what it makes."""
    found = _means(provider, name)
    assert (model, modality, None) == (found.id, found.modality, found.entry)
    assert Catalog().serve(provider, name) is None


def test_what_a_name_led_to_is_kept_misses_too_up_to_a_bound() -> None:
    """A second look costs a dictionary; a stream of new names does not grow memory without end."""
    catalog = Catalog()
    for number in range(5000):
        assert catalog.identify("openai", f"nobody-{number}") is None
    assert 0 < len(catalog._names._unknown) <= 1024
    for number in range(5000):
        assert catalog.identify("openai", f"gpt-4o-2024-08-06:{number}") is not None
    assert 0 < len(catalog._names._kept) <= 2048
    assert catalog.identify("openai", "GPT-4o") is catalog.identify("openai", "GPT-4o")
    catalog.identify("openai", "x" * 1000)
    assert all(len(name) <= 200 for _, name, _ in (*catalog._names._kept, *catalog._names._unknown))


def test_names_are_read_only_when_a_name_is_not_known_as_it_stands() -> None:
    """The common case costs neither the index nor its file."""
    content = inventory()._content
    catalog = Catalog(entries=Inventory(content))
    names.cache_clear()
    assert catalog.identify("openai", "gpt-4o") is not None
    assert names.cache_info().misses == 0
    assert catalog.identify("openai", "GPT-4o") is not None
    assert names.cache_info().misses == 1


def test_every_own_name_means_its_own_model() -> None:
    """No alias, spelling or family stands before the name of a model: each leads to itself, without a code."""
    for table in inventory().tables:
        for name in inventory()._content["models"][table]:
            found = _means(table, name)
            assert (name, ()) == (found.entry.name if found.entry else None, found.codes)


def test_reading_a_name_never_raises_and_ends() -> None:
    """Names come from strangers: odd ones are no names."""
    odd = [
        "/" * 299,
        ":" * 299,
        "-v1" * 99,
        "models/" * 40,
        "-latest" * 40,
        "a.b.c",
        "@",
        "ft:ft:ft:",
        "\ud800",
        "İ/İ",
    ]
    for name in odd:
        reading = read(name)
        assert reading is None or len(list(spellings(reading))) < 100


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Llama-3.1-8B-Instruct", "llama3.1-8b-instruct"),
        ("Meta-Llama-3_3-70B", "llama3.3-70b"),
        ("Gemma-2B-it", "gemma-2b-it"),
        ("gemma-2-2b-it", "gemma2-2b-it"),
        ("Phi-4", "phi4"),
    ],
)
def test_a_key_has_one_kind_of_separator_and_no_size_joined_to_a_family(name: str, written: str) -> None:
    """`gemma-2b` is a size and `gemma-2` a generation: only the latter is joined."""
    assert written == key(name)
