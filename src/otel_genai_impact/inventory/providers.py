"""Whose models a provider serves, in whatever way telemetry spells it."""

from __future__ import annotations

from typing import Final

# Spellings of a provider, in lower case, to the inventory's table of its models.
TABLES: Final = {
    "openai": "openai",
    "anthropic": "anthropic",
    "mistral": "mistralai",
    "mistral_ai": "mistralai",
    "mistralai": "mistralai",
    "gcp.gemini": "google_genai",
    "gcp.vertex_ai": "google_genai",
    "gcp.gen_ai": "google_genai",
    "google_genai": "google_genai",
    "gemini": "google_genai",
    "google": "google_genai",
    "cohere": "cohere",
    "huggingface": "huggingface_hub",
    "huggingface_hub": "huggingface_hub",
}
_AZURE: Final = ("azure.", "az.")

# Clouds that serve other makers' models from data centres of which the maker's figures are the best ones known.
MARKETPLACES: Final = frozenset({"aws.bedrock", "aws_bedrock", "bedrock", "gcp.vertex_ai", "vertex_ai", "vertexai"})


def table_of(provider: str | None) -> str | None:
    """The inventory's table of a provider's models; None if it has none."""
    spelling = (provider or "").lower()
    return "openai" if spelling.startswith(_AZURE) else TABLES.get(spelling)


def is_marketplace(provider: str | None) -> bool:
    """Whether it serves other makers' models as if they were served by their makers."""
    return (provider or "").lower() in MARKETPLACES
