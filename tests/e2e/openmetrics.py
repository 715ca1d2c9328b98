"""Read what a scrape endpoint answers in the OpenMetrics text format, exemplars included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.request import Request, urlopen

_LABELS = r'\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}'
_SAMPLE = re.compile(rf"^(?P<name>[a-zA-Z_:][\w:]*)(?:{_LABELS})? (?P<value>\S+)(?: [\d.e+]+)?(?P<exemplar> # .*)?$")
_EXEMPLAR = re.compile(rf"^ # {_LABELS} (?P<value>\S+)")
_LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')
_ESCAPED = {r"\n": "\n", r"\"": '"', r"\\": "\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemplar:
    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    name: str
    labels: dict[str, str]
    value: float
    exemplar: Exemplar | None


def scrape(endpoint: str) -> list[Sample]:
    """Ask as Prometheus does."""
    request = Request(f"http://{endpoint}/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    with urlopen(request, timeout=10) as answer:
        content_type = answer.headers["Content-Type"]
        assert content_type.startswith("application/openmetrics-text"), content_type
        return parse(answer.read().decode())


def parse(text: str) -> list[Sample]:
    lines = text.splitlines()
    assert "# EOF" == lines[-1], "the answer was cut off"
    return [_sample(line) for line in lines if not line.startswith("#")]


def _sample(line: str) -> Sample:
    found = _SAMPLE.match(line)
    assert found, f"not a sample: {line}"
    exemplar = found["exemplar"]
    return Sample(
        name=found["name"],
        labels=_labels(found[2] or ""),
        value=float(found["value"]),
        exemplar=_exemplar(exemplar) if exemplar else None,
    )


def _exemplar(text: str) -> Exemplar:
    found = _EXEMPLAR.match(text)
    assert found, f"not an exemplar: {text}"
    return Exemplar(labels=_labels(found[1]), value=float(found["value"]))


def _labels(text: str) -> dict[str, str]:
    return {name: re.sub(r"\\.", lambda hit: _ESCAPED[hit[0]], value) for name, value in _LABEL.findall(text)}
