"""Precision and licence of weights, and how good the parameters are: what `models` and `explain` say beside the numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact.cli.explain import explain
from otel_genai_impact.inventory.compiled import inventory
from otel_genai_impact.inventory.fields import InventoryError
from otel_genai_impact.inventory.loader import InventoryRecords, load_inventory
from otel_genai_impact.inventory.weights import PRECISIONS, load_weights

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = 'sources = ["https://example.com/x"]\nchecked = 2026-11-22\n'


@pytest.fixture(scope="module")
def records() -> InventoryRecords:
    return load_inventory()


@pytest.mark.parametrize(
    ("model_id", "precision", "licence"),
    [
        ("openai/gpt-oss-120b", "mxfp4", "Apache-2.0"),
        ("deepseek-ai/DeepSeek-R1", "fp8", "MIT"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "bf16", "MIT"),
        ("deepseek-ai/DeepSeek-V3", "fp8", "DeepSeek Model License"),
        ("deepseek-ai/DeepSeek-V3.1", "fp8", "MIT"),
        ("moonshotai/Kimi-K2-Thinking", "int4", "modified MIT (Kimi K2)"),
        ("Qwen/Qwen3-8B", "bf16", "Apache-2.0"),
        ("Qwen/Qwen2.5-72B-Instruct", "bf16", "Qwen License"),
        ("meta-llama/Meta-Llama-3.1-405B-Instruct-FP8", "fp8", "Llama Community License"),
        ("meta-llama/Meta-Llama-3.1-405B-Instruct", "bf16", "Llama Community License"),
        ("mistral-community/Mixtral-8x22B-v0.1-AWQ", "int4", "Apache-2.0"),
        ("openai/gpt-4o", None, None),
        ("zai-org/GLM-5.3", "fp8", "GLM-5.3 License"),
        ("zai-org/GLM-5.2", "bf16", "MIT"),
        ("meta-llama/Llama-Guard-3-8B-INT8", "int8", "Llama Community License"),
        ("mistralai/Mistral-Large-Instruct-2407", None, "Mistral Research License"),
        ("deepseek-ai/DeepSeek-V4-Pro", None, "MIT"),
        ("databricks/dolly-v2-12b", None, None),
    ],
)
def test_precision_and_licence_are_those_of_the_card(
    model_id: str, precision: str | None, licence: str | None, records: InventoryRecords
) -> None:
    """By hand; nothing where nothing is known, and no guess."""
    found = records.weights.precision(model_id), records.weights.licence(model_id)
    assert (precision, licence) == tuple(group and group.name for group in found)


def test_what_is_said_of_weights_was_seen_in_a_source(records: InventoryRecords) -> None:
    """Each format and each licence has the day on which somebody looked."""
    groups = (*records.weights.precisions, *records.weights.licences)
    assert len(groups) > 20
    assert [group.name for group in groups if group.provenance.checked is None] == []


def test_the_running_program_has_the_bytes_of_a_weight(records: InventoryRecords) -> None:
    """In the compiled file, for the methods that count them."""
    known = 0
    for provider, record in records.providers.items():
        for name, model in record.models.items():
            entry = inventory().model(provider, name)
            assert entry is not None
            group = records.weights.precision(model.entry.id)
            assert (None if group is None else PRECISIONS[group.name]) == entry.model.weight_bytes
            known += group is not None
    assert known > 100


def test_evidence_is_a_if_the_maker_says_b_if_somebody_estimates_c_if_nobody_does(records: InventoryRecords) -> None:
    """Each model has one; no disclosed model is less than A, and what we chose ourselves is C."""
    tiers = {
        model.entry.id: model.evidence for record in records.providers.values() for model in record.models.values()
    }
    assert ("A", "B", "C") == (tiers["openai/gpt-oss-20b"], tiers["openai/gpt-4o"], tiers["xai/grok-4"])
    assert {"A", "B", "C"} == set(tiers.values())


@pytest.mark.parametrize(
    ("provider", "model", "evidence", "precision"),
    [("groq", "openai/gpt-oss-20b", "A", "mxfp4"), ("openai", "gpt-4o", "B", None), ("openai", "gpt-5.9", "C", None)],
)
def test_explain_says_how_good_the_parameters_are(
    provider: str, model: str, evidence: str, precision: str | None
) -> None:
    """Also of a model that is only known by its family: C."""
    about = explain(provider, model, output_tokens=10, latency_s=None, zone=None)["model"]
    assert evidence == about["evidence"]
    assert precision == (about["precision"] and about["precision"]["name"])
    if precision is not None:
        assert about["precision"]["sources"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f'[precision.fp9]\nmodels = ["a/b"]\n{SOURCE}', 'precision."fp9": expected one of fp32, bf16'),
        (f'[precision.fp8]\nmodels = ["a/c"]\n{SOURCE}', "models: no model of the inventory matches 'a/c'"),
        (f'[licence.MIT]\nmodels = "a/b"\n{SOURCE}', "models: expected a list of patterns of maker/name"),
        ('[licence.MIT]\nmodels = ["a/b"]\n', "sources: missing"),
    ],
)
def test_a_mistake_is_one_message(text: str, complaint: str, tmp_path: Path) -> None:
    """A pattern that matches nothing is one, too: a model that was renamed would lose its precision in silence."""
    path = tmp_path / "weights.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InventoryError, match=re.escape(complaint)):
        load_weights(path, ["a/b"])


def test_every_precision_and_licence_has_a_source_of_its_maker(records: InventoryRecords) -> None:
    """What one maker's card says is no evidence of another's weights."""
    for record in records.providers.values():
        for model in record.models.values():
            maker = model.entry.id.partition("/")[0]
            for group in (records.weights.precision(model.entry.id), records.weights.licence(model.entry.id)):
                sources = () if group is None else group.provenance.sources
                assert (model.entry.id, group is None or any(f"/{maker}/" in source for source in sources)) == (
                    model.entry.id,
                    True,
                )
