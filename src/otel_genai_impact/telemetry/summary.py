"""The summary at exit: what a user sees who has no backend at all."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import util as multiprocessing_util
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opentelemetry import trace

from otel_genai_impact import semconv
from otel_genai_impact._contain import contained, log_once
from otel_genai_impact.impacts.apart import network_energy_j, training_gwp_g
from otel_genai_impact.impacts.uncertainty import Sum
from otel_genai_impact.telemetry import ledger
from otel_genai_impact.telemetry.energy_sums import energy_of
from otel_genai_impact.telemetry.ledger import LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from otel_genai_impact._config import Settings
    from otel_genai_impact.telemetry.ledger import Row

_HEADINGS: Final = ("provider", "model", "requests", "tokens in", "out", "energy", "CO2eq", "water")
_LEFT_ALIGNED: Final = 2
_TOTAL: Final = ("all", "")
_WH_PER_J: Final = 1 / 3600
_PREFIXES: Final = (("k", 1e3), ("", 1.0), ("m", 1e-3), ("\N{MICRO SIGN}", 1e-6), ("n", 1e-9))
_LONGEST_NAME: Final = 48
_METERED: Final = {
    semconv.SOURCE_MEASURED: "measured on this machine",
    semconv.SOURCE_PROVIDER: "reported by the provider",
}

# Where it is, spans come from ddtrace's tracer.
_ADAPTER: Final = "otel_genai_impact.adapters.ddtrace"


class Apart(NamedTuple):
    """What is told apart, for each request and for each 1e9 bytes; None: not at all."""

    training_g_per_request: float | None
    network_kwh_per_gb: float | None


NOTHING: Final = Apart(None, None)

_registered = False
_apart = NOTHING


def print_at_exit(settings: Settings) -> None:
    """Print the table when the process ends, once, if there was a request; with what the last settings tell apart."""
    global _registered, _apart  # noqa: PLW0603
    _apart = Apart(settings.training_g_per_request, settings.network_kwh_per_gb)
    if not _registered:
        _registered = True
        atexit.register(_print)
        # Workers of `multiprocessing` end without atexit, and with a registry of their own.
        multiprocessing_util.register_after_fork(_print, _print_at_the_end_of_a_worker)


def _print_at_the_end_of_a_worker(_: object) -> None:
    multiprocessing_util.Finalize(None, _print, exitpriority=0)


def _print() -> None:
    with contained("printing the summary"):
        text = render(LEDGER.totals(), _apart)
        if text:
            _write(text)
        elif isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider) and _ADAPTER not in sys.modules:
            log_once(
                logging.WARNING,
                "no GenAI request was seen, since no tracer provider of OpenTelemetry is set up; "
                "`genai-impact run` sets one up, and so does opentelemetry-distro",
            )


def _write(text: str) -> None:
    """Write on standard error, past its buffer, if it takes anything.

    What a full disk or a broken pipe does not take would stay in the buffer, and Python ends a process that cannot flush
    it with exit code 120: not for the sake of a table. To log it would do the same.
    """
    stream: Any = sys.stderr
    with suppress(OSError, ValueError, AttributeError):  # full, closed, or not there at all
        stream.flush()
        raw = getattr(getattr(stream, "buffer", None), "raw", None)
        if raw is None:  # something of the application's
            stream.write(text)
            stream.flush()
            return
        left = text.encode(stream.encoding, "backslashreplace")
        while left and (taken := raw.write(left)):
            left = left[taken:]


@dataclass
class _Line:
    """The requests to one model of one provider, or to all."""

    sums: list[float] = field(default_factory=lambda: [0.0] * ledger.COLUMNS)
    estimated: float = 0.0
    energy: Sum = field(default_factory=Sum)
    errors_known: bool = True
    not_estimated: dict[str, float] = field(default_factory=dict[str, float])
    metered: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def energy_j(self) -> tuple[float, float, float]:
        """Estimate, low and high. Errors that requests share do not average out; others do, where it is known which."""
        estimate, low, high = (self.sums[column] for column in (ledger.ENERGY, ledger.ENERGY_LOW, ledger.ENERGY_HIGH))
        if not self.errors_known:
            return estimate, low, high
        known = self.energy.total
        return estimate, max(low, min(known.low, estimate)), min(high, max(known.high, estimate))

    def add(self, row: Row) -> None:
        reason = row.attributes.get(semconv.NOT_ESTIMATED)
        requests = row.sums[ledger.REQUESTS]
        self.sums = [mine + other for mine, other in zip(self.sums, row.sums, strict=True)]
        if reason is None:
            self.estimated += requests
            energy = energy_of(row)
            if energy is None:
                self.errors_known = False
            else:
                self.energy.add(energy)
            source = str(row.attributes.get(semconv.SOURCE))
            if source in _METERED:
                self.metered[source] = self.metered.get(source, 0.0) + requests
        else:
            self.not_estimated[str(reason)] = self.not_estimated.get(str(reason), 0.0) + requests


def render(rows: Iterable[Row], apart: Apart = NOTHING) -> str:
    """The table; empty if there was no request."""
    lines: dict[tuple[str, str], _Line] = {}
    total = _Line()
    for row in rows:
        if row.sums[ledger.REQUESTS]:
            lines.setdefault(_names(row), _Line()).add(row)
            total.add(row)
    if not lines:
        return ""
    body = [_cells(names, line) for names, line in sorted(lines.items())]
    if len(body) > 1:
        body.append(_cells(_TOTAL, total))
    text = ["", f"Environmental impacts of the GenAI requests of this process (pid {os.getpid()})", ""]
    text.extend(_aligned([_HEADINGS, *body]))
    text.append("")
    text.extend(_explanations(total))
    text.extend(_told_apart(total, apart))
    return "\n".join(text) + "\n"


def _names(row: Row) -> tuple[str, str]:
    if semconv.METRIC_OVERFLOW in row.attributes:
        return ("(others)", "(too many to tell apart)")
    provider = row.attributes.get(semconv.GEN_AI_PROVIDER_NAME, "(unknown)")
    model = row.attributes.get(semconv.GEN_AI_RESPONSE_MODEL, "(unknown)")
    return (_printable(str(provider)), _printable(str(model)))


def _printable(name: str) -> str:
    """Names come from strangers: no control characters on the user's terminal, and no endless lines."""
    clean = "".join(character if character.isprintable() else "?" for character in name)
    return clean if len(clean) <= _LONGEST_NAME else clean[: _LONGEST_NAME - 3] + "..."


def _cells(names: tuple[str, str], line: _Line) -> tuple[str, ...]:
    sums = line.sums
    counts = (
        f"{sums[ledger.REQUESTS]:,.0f}",
        f"{sums[ledger.INPUT_TOKENS]:,.0f}",
        f"{sums[ledger.OUTPUT_TOKENS]:,.0f}",
    )
    if not line.estimated:
        return (*names, *counts, "not estimated", "", "")
    energy = tuple(value * _WH_PER_J for value in line.energy_j)
    return (*names, *counts, interval(energy, "Wh"), amount(sums[ledger.GWP], "g"), amount(sums[ledger.WCF], "L"))


def amount(value: float, unit: str) -> str:
    """A figure in a readable unit: `1.23 mWh`."""
    return interval((value, value, value), unit)


def interval(values: Sequence[float], unit: str) -> str:
    """Estimate, low and high in one readable unit: `1.23 mWh (1.01-1.45)`."""
    estimate, low, high = values
    prefix, size = next((known for known in _PREFIXES if estimate >= known[1]), _PREFIXES[-1])
    middle, *bounds = (number(value / size) for value in (estimate, low, high))
    return (
        f"{middle} {prefix}{unit}" if bounds[0] == bounds[1] else f"{middle} {prefix}{unit} ({bounds[0]}-{bounds[1]})"
    )


def number(value: float) -> str:
    """Three significant digits."""
    if value >= 100:  # noqa: PLR2004 - from here on all digits before the point
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = [
        "  ".join(
            cell.ljust(width) if column < _LEFT_ALIGNED else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "-" * max(len(line) for line in lines)
    return [lines[0], rule, *lines[1:]]


def _explanations(total: _Line) -> list[str]:
    lines: list[str] = []
    if total.not_estimated:
        reasons = ", ".join(f"{count:,.0f} {reason}" for reason, count in sorted(total.not_estimated.items()))
        lines.append(f"Not estimated, and not in the figures: {reasons}")
    if total.metered:
        sources = ", ".join(f"{count:,.0f} {_METERED[source]}" for source, count in sorted(total.metered.items()))
        lines.append(f"The energy of these requests was metered: {sources}")
    if total.estimated > sum(total.metered.values()):
        others = "The others are modelled" if total.metered else "Modelled"
        range_ = "90 % interval, in which errors that requests share do not average out"
        lines.append(
            f"{others}, not measured: estimate ({range_ if total.errors_known else 'lowest-highest'}), of the data centre, "
            "hardware included in CO2eq."
        )
    return lines


def _told_apart(total: _Line, apart: Apart) -> list[str]:
    """Lines about what is part of no figure above, for those who set what it takes."""
    lines: list[str] = []
    if apart.training_g_per_request is not None and total.estimated:
        training_g = training_gwp_g(total.estimated, apart.training_g_per_request)
        lines.append(
            f"Apart, and in no figure: training, {amount(training_g, 'g')} CO2eq "
            f"({apart.training_g_per_request:g} g a request, as set)"
        )
    if apart.network_kwh_per_gb is not None and total.estimated:
        tokens = total.sums[ledger.INPUT_TOKENS] + total.sums[ledger.OUTPUT_TOKENS]
        network = amount(network_energy_j(tokens, apart.network_kwh_per_gb) * _WH_PER_J, "Wh")
        lines.append(
            f"Apart, and in no figure: network, {network} ({apart.network_kwh_per_gb:g} kWh/GB, as set; text alone)"
        )
    return lines
