"""Whom a request is for, on its span and in the metrics: what the application said in `attribute_to`, and what came as baggage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from opentelemetry import baggage

from otel_genai_impact.telemetry.plans import short
from otel_genai_impact.telemetry.scope import ON_SPAN, SCOPES, of_span
from otel_genai_impact.telemetry.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact.telemetry.ledger import Account
    from otel_genai_impact.telemetry.plans import ExtraAttributes


class Attribution:
    """What the spans and the metrics of one span processor are attributed to.

    Args:
        keys: which attributes become metric attributes.
        most_values: how many values of each do, at most.
        account: what knows which values there were.
    """

    def __init__(self, keys: tuple[str, ...], most_values: int, account: Account) -> None:
        self._keys = keys
        self._most_values = most_values
        self._account = account
        self._baggage: WeakKeyDictionary[ReadableSpan, Mapping[str, str | bool | int | float]] = WeakKeyDictionary()

    def started(self, span: ReadableSpan, parent_context: Context | None) -> None:
        """Remember the baggage that becomes metric attributes: it is known when the span starts."""
        wanted: dict[str, str | bool | int | float] = {}
        for key in self._keys:
            value = baggage.get_baggage(key, parent_context)
            if isinstance(value, str):
                wanted[key] = short(value)
            elif isinstance(value, (bool, int, float)):
                wanted[key] = value
        if wanted:
            self._baggage[span] = wanted

    def of(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """The attributes of a request's span, after writing on it whom it is for. What the span says itself holds."""
        scope = (getattr(span, ON_SPAN, None) or of_span(span)) if SCOPES.begun else None
        if not self._keys and (scope is None or not scope.attribution):
            return attributes
        attribution: Mapping[str, str] = {} if scope is None else scope.attribution
        said: Mapping[str, Any] = {**self._baggage.pop(span, {}), **attribution}
        missing = {key: value for key, value in said.items() if key not in attributes}
        if not missing:
            return attributes
        write(span, missing)
        return {**attributes, **missing}

    def in_metrics(self, attributes: Mapping[str, Any]) -> ExtraAttributes:
        """Of the attributes of a request's span those that are metric attributes, with a bounded number of values."""
        found: list[tuple[str, str | bool | int | float]] = []
        for key in self._keys:
            value = attributes.get(key)
            if isinstance(value, (str, bool, int, float)):
                known = short(value) if isinstance(value, str) else value
                found.append((key, self._account.bounded(key, known, self._most_values)))
        return tuple(found)
