"""From a name as telemetry has it to the spellings under which the inventory may know it. No guessing: only declared steps.

Imported when a name is not known as it stands, so that the common case pays nothing for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.inventory.places import AWS, GCP, Place
from otel_genai_impact.inventory.vocabulary import (
    ANY_MODEL_SUFFIXES,
    CATALOGUE_PREFIXES,
    CHAT_SUFFIXES,
    DOTTED_MAKERS,
    JOINED,
    MAKERS,
    OLLAMA_DEFAULTS,
    OPEN_MODEL_SUFFIXES,
    REGION_PREFIXES,
    REPUBLISHERS,
    ROUTES,
    SAME_WEIGHTS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_NAME: Final = 300
_MOST_SUFFIXES: Final = 6

_ARN: Final = re.compile(
    r"arn:aws[\w-]*:bedrock:(?P<region>[\w-]*):\d*:(?:foundation-model|inference-profile)/(?P<name>.+)"
)
_VERTEX: Final = re.compile(
    r"(?:projects/[^/]+/)?(?:locations/(?P<region>[\w-]+)/)?publishers/(?P<maker>[^/]+)/models/(?P<name>[^/]+)"
)
_FINE_TUNED: Final = re.compile(r"ft:(?P<name>[^:]+)(?::.*)?")
_FIREWORKS: Final = re.compile(r"accounts/[^/]+/(?:models|routers|deployments)/(?P<name>[^/]+)")
_CLOUDFLARE: Final = re.compile(r"@(?:cf|hf)/(?P<name>.+)")
_REGION_PART: Final = re.compile(r"(?:us-gov|[a-z]{2})-[a-z]+-\d")
_IMAGE_PART: Final = re.compile(r"(?:\w+-x-\w+|low|medium|high|standard|hd|(?:\d+|max)-steps)")
_DOTTED: Final = re.compile(rf"(?:(?:{REGION_PREFIXES})\.)?(?P<maker>{DOTTED_MAKERS})\.(?P<name>.+)")
_SPREAD: Final = re.compile(rf"(?:{REGION_PREFIXES})\.")
_JOINED: Final = re.compile(rf"\b({JOINED})-(?=\d+(?:\.\d+)?(?:[-:v]|$))")
_DIGIT_P_DIGIT: Final = re.compile(r"(?<=\d)p(?=\d)")
_VERSION: Final = re.compile(r"(?:-v\d+(?::\d+(?::\w+)?)?|-\d:\d|:\d+k?|-\d{3})$")
_DATE: Final = re.compile(
    r"-(?:20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])"  # 2024-08-06, 20240806
    r"|(?:0[1-9]|1[0-2])-(?:20\d\d|[0-3]\d)"  # 09-2025, 05-20
    r"|(?:0[1-9]|1[0-2])[0-3]\d)$"  # 0613
)
_YEAR_AND_MONTH: Final = re.compile(r"-2[3-9](?:0[1-9]|1[0-2])$")  # 2507
_DIGIT: Final = re.compile(r"\d")


class Reading(NamedTuple):
    """What a name says: the bare name of the model in lower case, who must have made it, and where it runs.

    `makers` is None where any maker will do, `place` where no region is named or requests are spread over several.
    """

    name: str
    makers: tuple[str, ...] | None
    place: Place | None


class Spelling(NamedTuple):
    """One way to write a model, and what it may lead to.

    `makers` made it, `open_weights` alone can be meant, or only `own_service` says so: the latest elsewhere is another matter.
    """

    key: str
    makers: tuple[str, ...] | None
    open_weights: bool
    own_service: bool


def read(name: str, *, ollama: bool = False) -> Reading | None:
    """Take off what says where a request goes. None for what cannot be a model's name: opaque ids, unknown paths."""
    text = name.strip().lower()
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        return None
    text, place = _without_arn(text)
    whole = text.split("/")
    path = _after_routes(whole)
    if "" in path:
        return None
    for route in whole[: len(whole) - len(path)]:
        if _REGION_PART.fullmatch(route):
            place = Place(AWS, route)
    ollama = ollama or text.startswith("ollama")
    text, of_path = _in_path("/".join(path))
    if found := _FINE_TUNED.fullmatch(text):
        text = found["name"]
    makers, bare = _maker_of(text)
    if bare is None:
        return None
    return Reading(_tagged(bare, ollama=ollama), makers, None if _SPREAD.match(text) else of_path or place)


def _without_arn(text: str) -> tuple[str, Place | None]:
    """What an ARN of Bedrock names, and its region."""
    found = _ARN.fullmatch(text)
    return (text, None) if found is None else (found["name"], Place(AWS, found["region"]))


def _in_path(text: str) -> tuple[str, Place | None]:
    """What the paths of Vertex, Fireworks and Cloudflare name, and the region if they say one."""
    if found := _VERTEX.fullmatch(text):
        region: str | None = found["region"]
        return f"{found['maker']}/{found['name']}", None if region is None else Place(GCP, region)
    if found := _FIREWORKS.fullmatch(text):
        return _DIGIT_P_DIGIT.sub(".", found["name"]), None
    if found := _CLOUDFLARE.fullmatch(text):
        return found["name"], None
    return text, None


def _after_routes(path: list[str]) -> list[str]:
    """The path without its routes. The last of two parts may be a maker, and stays."""
    while len(path) > 1:
        first = path[0]
        is_route = first in ROUTES or _REGION_PART.fullmatch(first) or _IMAGE_PART.fullmatch(first)
        if not is_route or (len(path) == 2 and first in MAKERS):  # noqa: PLR2004 - a maker and a name
            break
        path = path[1:]
    if path[0] == "models" and len(path) > 1:
        return path[1:]
    return path


def _maker_of(text: str) -> tuple[tuple[str, ...] | None, str | None]:
    """Who must have made it, and the bare name; no name if the path before it is unknown."""
    before, _, bare = text.rpartition("/")
    makers: tuple[str, ...] | None = None
    if before:
        if before in MAKERS:
            makers = MAKERS[before]
        elif before not in REPUBLISHERS:
            return None, None
    for prefix in CATALOGUE_PREFIXES:
        bare = bare.removeprefix(prefix)
    if found := _DOTTED.fullmatch(bare):
        return MAKERS[found["maker"]], found["name"]
    return makers, bare


def _tagged(text: str, *, ollama: bool) -> str:
    """A name with what stands after its colon or at sign: `gpt-oss:20b`, `claude-opus-4-5@20251101`."""
    name, _, tag = text.replace("@", ":").partition(":")
    if ollama and tag in {"", "latest"}:
        return OLLAMA_DEFAULTS.get(name, name)
    if "@" in text:
        return f"{name}-{tag}"
    return text


def key(name: str) -> str:
    """How a name stands in the index: lower case, one kind of separator, families joined to their number."""
    text = re.sub(r"(?<=\d)_(?=\d)", ".", name.lower()).replace("_", "-").replace("meta-llama", "llama")
    return _JOINED.sub(r"\1", text.replace("code-llama", "codellama").replace("llama-v", "llama-"))


def without_tuning(text: str) -> str:
    """A key without the words that tell tuned models of one size from each other."""
    for word in SAME_WEIGHTS:
        text = f"{text}-".replace(f"{word}-", "-").removesuffix("-")
    return text


def without_date(text: str) -> str:
    """A key without the date at its end; where a version stands in it, without the word for the newest, too."""
    if _DIGIT.search(text):
        text = text.removesuffix("-latest")
    return _YEAR_AND_MONTH.sub("", _DATE.sub("", text))


def spellings(reading: Reading) -> Iterator[Spelling]:
    """The ways to write this model, the closest first: as it stands, then with one more thing taken off its end each time."""
    text, open_weights = key(reading.name), False
    tuned: list[str] = []
    for _ in range(_MOST_SUFFIXES):
        plain = text.replace(":", "-")
        if plain.endswith(CHAT_SUFFIXES):
            yield Spelling(f"{plain.rpartition('-')[0]}-instruct", reading.makers, open_weights=True, own_service=False)
        for form in _forms(plain):
            yield Spelling(form, reading.makers, open_weights, own_service=False)
        yield Spelling(f"{plain}-latest", reading.makers, open_weights, own_service=True)
        tuned.append(without_tuning(plain))
        shorter, of_open_weights = _shorter(text)
        if shorter is None:
            break
        text, open_weights = shorter, open_weights or of_open_weights
    for form in dict.fromkeys(tuned):
        yield Spelling(form, reading.makers, open_weights=True, own_service=False)


def _forms(text: str) -> Iterator[str]:
    """A key; with its dots as hyphens, which Anthropic writes; with the letter that Fireworks writes for a dot."""
    yield text
    if "." in text:
        yield text.replace(".", "-")
    if (dotted := _DIGIT_P_DIGIT.sub(".", text)) != text:
        yield key(dotted)


def _shorter(text: str) -> tuple[str | None, bool]:
    """The key without one declared thing at its end, and whether only open weights have such a thing."""
    if ":" in text and (found := _VERSION.search(text)):
        return text[: found.start()], False
    plain = text.replace(":", "-")
    for suffix in ANY_MODEL_SUFFIXES:
        # The latest of what has no version is not what once had the bare name.
        if plain.endswith(suffix) and (suffix != "-latest" or _DIGIT.search(plain)):
            return plain.removesuffix(suffix), False
    for suffix in OPEN_MODEL_SUFFIXES:
        if plain.endswith(suffix):
            return plain.removesuffix(suffix), True
    if found := _DATE.search(plain):
        return plain[: found.start()], False
    if found := _VERSION.search(plain):
        return plain[: found.start()], False
    return None, False
