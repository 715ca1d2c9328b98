"""Puts the parts together: what is installed, what a process gets, what is wrong with it."""

from __future__ import annotations

import json
import os
import socket
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from otel_genai_impact._plugin import RUN_VARIABLE
from otel_genai_impact.cli.doctor import process, report
from otel_genai_impact.cli.doctor.coverage import coverages, installed_version
from otel_genai_impact.cli.doctor.diagnosis import Facts, findings
from otel_genai_impact.cli.doctor.sdks import IN_CODE, SDKS, normalised
from otel_genai_impact.cli.run import path_with_auto_instrumentation

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Mapping

_PROBLEM: Final = 1
_USAGE_ERROR: Final = 2
_TIMEOUT_S: Final = 2.0
_PORTS: Final = {"http": 80, "https": 443}


def print_diagnosis(options: Namespace) -> int:
    """Print what was found as text or JSON; the exit code."""
    ignored = frozenset(normalised(name) for name in options.ignore)
    unknown = ignored - {sdk.distribution for sdk in SDKS}
    if unknown:
        print(f"genai-impact doctor: there is no SDK {', '.join(sorted(unknown))}", file=sys.stderr)
        return _USAGE_ERROR
    started_by, environ = _as_an_application(os.environ)
    seen = process.ask(environ)
    facts = Facts(
        environ=environ,
        seen=seen,
        coverages=coverages(seen.instrumentations, environ),
        distributions=_distributions(),
        in_code=tuple(name for name in IN_CODE if installed_version(name) is not None),
        answers=_answers(seen) if options.check_endpoint else {},
        ignored=ignored,
    )
    found = findings(facts)
    document = report.as_document(facts, found, started_by)
    print(json.dumps(document, indent=2) if options.json else report.as_text(document))
    return _PROBLEM if any(finding.problem for finding in found) else 0


def _as_an_application(environ: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """What would start an application as this process was started, and the environment that it would start in.

    In a process without auto-instrumentation, that is `opentelemetry-instrument`.
    """
    if environ.get(RUN_VARIABLE):
        return "genai-impact run", dict(environ)
    started = getattr(sys.modules.get("sitecustomize"), "__file__", None)
    if started is not None and Path(started).parent.name == "auto_instrumentation":
        return "opentelemetry-instrument", dict(environ)
    return "", {**environ, "PYTHONPATH": path_with_auto_instrumentation(environ)}


def _distributions() -> tuple[str, ...]:
    found = {
        entry_point.dist
        for group in ("opentelemetry_distro", "opentelemetry_configurator")
        for entry_point in entry_points(group=group)
    }
    return tuple(sorted({f"{one.name} {one.version}" for one in found if one is not None}))


def _answers(seen: process.Seen) -> dict[str, str | None]:
    exporting: Iterable[process.Exporting] = (*seen.span_processors, *seen.metric_readers)
    endpoints = dict.fromkeys(one.endpoint for one in exporting if one.endpoint is not None)
    return {endpoint: _why_no_answer(endpoint) for endpoint in endpoints}


def _why_no_answer(endpoint: str) -> str | None:
    """Connects, and says nothing: whether somebody listens is all that can be known without sending."""
    parts = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
    port = parts.port or _PORTS.get(parts.scheme)
    if parts.hostname is None or port is None:
        return "no host and port can be read from it"
    try:
        socket.create_connection((parts.hostname, port), timeout=_TIMEOUT_S).close()
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
    return None
