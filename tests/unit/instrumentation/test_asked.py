"""What an image or a video model is asked for, in the arguments of SDKs."""

from __future__ import annotations

from typing import Any

import pytest

from otel_genai_impact.instrumentation._asked import media

COUNT, SIZE = "gen_ai.request.choice.count", "genai_impact.request.size"
STEPS, SECONDS = "genai_impact.request.steps", "genai_impact.request.seconds"


@pytest.mark.parametrize(
    ("given", "attributes"),
    [
        ({"n": 2, "size": "1024x1024"}, {COUNT: 2, SIZE: "1024x1024"}),  # OpenAI, LiteLLM
        ({"width": 512, "height": 256, "steps": 4, "n": 1}, {COUNT: 1, SIZE: "512x256", STEPS: 4}),  # Together
        ({"width": 512, "height": 512, "num_inference_steps": 30}, {SIZE: "512x512", STEPS: 30}),  # Hugging Face
        ({"seconds": "8", "size": "720x1280"}, {SECONDS: 8, SIZE: "720x1280"}),  # OpenAI's videos
        ({"size": "auto", "n": None, "width": 512}, {}),
        ({"n": True, "steps": -1, "seconds": "soon", "size": ["large"]}, {}),
        ({"n": float("nan"), "steps": float("inf"), "size": "x" * 100}, {}),
        ({}, {}),
    ],
    ids=str,
)
def test_arguments_become_attributes(given: dict[str, Any], attributes: dict[str, object]) -> None:
    """Under the names of each SDK; sentinels, texts and impossible numbers are left out."""
    assert attributes == media(given)
