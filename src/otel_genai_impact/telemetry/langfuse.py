"""What Langfuse says was used, in words of its own, or in those of the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Mapping

# By the name of the conventions, where it may be found; what is in a group within is behind a dot.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    semconv.GEN_AI_USAGE_INPUT_TOKENS: ("input", "input_tokens", "prompt_tokens"),
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS: ("output", "output_tokens", "completion_tokens"),
    semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: (
        "input_cached_tokens", "input_cache_read", "cache_read_input_tokens",
        "prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens",
    ),
    semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: ("input_cache_creation", "cache_creation_input_tokens"),
    semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: (
        "output_reasoning_tokens", "output_reasoning",
        "completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens",
    ),
}  # fmt: skip
# Langfuse's own words: the parts of these, `input_cache_read` and so on, are beside them, and the total is the sum of all.
_OWN: Final = ("input", "output")
# What begins like a part, and says again what others say.
_NO_PARTS: Final = frozenset({"input_tokens", "output_tokens"})
_NO_PART: Final = "priority"


def usage(details: Mapping[str, Any]) -> dict[str, Any]:
    """The counts among the details, by the names of the conventions."""
    said = _flat(details)
    in_all = {word: _with_parts(said, word) for word in _OWN if _is_count(said.get(word))}
    total = said.get("total")
    if not _is_count(total) or total >= sum(in_all.values()):
        said |= in_all
    return {
        name: value
        for name, words in _WORDS.items()
        if (value := next((said[word] for word in words if said.get(word) is not None), None)) is not None
    }


def _flat(details: Mapping[str, Any]) -> dict[str, Any]:
    """What they say, also in the groups within."""
    found: dict[str, Any] = {}
    for name, value in details.items():
        found |= {f"{name}.{part}": count for part, count in _items(value)} or {name: value}
    return found


def _items(value: object) -> list[tuple[str, Any]]:
    return list(cast("dict[str, Any]", value).items()) if isinstance(value, dict) else []


def _with_parts(said: Mapping[str, Any], word: str) -> int:
    """What was used of a kind in all, in Langfuse's own words."""
    parts = (count for name, count in said.items() if _is_part(name, word) and _is_count(count))
    return said[word] + sum(parts)


def _is_part(name: str, word: str) -> bool:
    return name.startswith(f"{word}_") and "." not in name and name not in _NO_PARTS and _NO_PART not in name


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and value >= 0
