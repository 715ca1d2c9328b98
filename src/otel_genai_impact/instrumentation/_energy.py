"""What providers say of the energy of a request, in the forms that they document, as attributes of its span.

- Neuralwatt (https://github.com/neuralwatt/neuralwatt-tools): an object `energy` in the answer, with `energy_joules` and, at
  times, `attribution_method`; in a stream the same object in a comment, `: energy {...}`, before the end.
- GreenPT (https://docs.greenpt.ai/chat-completion): an object `impact` in the answer, whose `energy` has `total` and `unit`.
- A header `X-Energy-Joules` of the response, as gateways pass Neuralwatt's figure on.

None of them says whether cooling is in it. What cannot be an energy is passed on as it is: whoever estimates judges it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from otel_genai_impact.semconv import REPORTED_ATTRIBUTION, REPORTED_ENERGY

if TYPE_CHECKING:
    from collections.abc import Mapping

Said = dict[str, "float | str"]

HEADER: Final = "x-energy-joules"
COMMENT: Final = ": energy "
_LONGEST_TEXT: Final = 200
_LONGEST_COMMENT: Final = 10_000
_LARGEST: Final = 1e300
# GreenPT's unit is the watt-millisecond.
_J_PER_UNIT: Final = {"Wms": 1e-3, "mJ": 1e-3, "J": 1.0, "Ws": 1.0, "Wh": 3600.0, "kWh": 3.6e6}


def in_headers(headers: Mapping[str, str]) -> Said:
    """What the headers of a response say; nothing is the usual case."""
    energy = headers.get(HEADER)
    return {} if energy is None else {REPORTED_ENERGY: energy[:_LONGEST_TEXT]}


def in_answer(answer: object) -> Said:
    """What an answer, or a chunk of a stream, says beside what the SDK has fields for."""
    answer = _mapping(answer) or {}
    energy = _mapping(answer.get("energy"))
    if energy is not None:
        return _neuralwatt(energy)
    impact = _mapping(answer.get("impact"))
    energy = None if impact is None else _mapping(impact.get("energy"))
    return {} if energy is None else _greenpt(energy)


def in_line(line: str) -> Said:
    """What a line of a stream of events says."""
    if line.startswith(COMMENT):
        return _neuralwatt(_object(line[len(COMMENT) :]) or {})
    if '"impact"' in line and line.startswith("data:"):
        return in_answer(_object(line[len("data:") :]))
    return {}


def _neuralwatt(energy: Mapping[str, Any]) -> Said:
    said = _number(energy.get("energy_joules"), 1.0)
    method = energy.get("attribution_method")
    if said and isinstance(method, str) and method:
        said[REPORTED_ATTRIBUTION] = method[:_LONGEST_TEXT]
    return said


def _greenpt(energy: Mapping[str, Any]) -> Said:
    unit = _J_PER_UNIT.get(str(energy.get("unit")))
    return {} if unit is None else _number(energy.get("total"), unit)


def _number(value: object, unit_j: float) -> Said:
    if value is None:
        return {}
    # Integers of JSON may be larger than any attribute can be.
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return {REPORTED_ENERGY: value * unit_j}
    return {REPORTED_ENERGY: str(value)[:_LONGEST_TEXT]}


def _object(text: str) -> Mapping[str, Any] | None:
    if len(text) > _LONGEST_COMMENT:
        return None
    try:
        return _mapping(json.loads(text))
    except (ValueError, RecursionError):  # thousands of brackets deep
        return None


def _mapping(value: object) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None
