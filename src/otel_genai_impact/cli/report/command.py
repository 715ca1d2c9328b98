"""`genai-impact report`: reads files of spans, writes a page and a table."""

from __future__ import annotations

import io
import json
import sys
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report.lines import STANDARD_INPUT, Reading, exports
from otel_genai_impact.cli.report.options import DEFAULT_PAGE
from otel_genai_impact.cli.report.requests import Estimating
from otel_genai_impact.cli.report.seen import Seen
from otel_genai_impact.cli.report.spans import spans_of
from otel_genai_impact.cli.report.sums import Summary
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.inventory.catalog import Catalog

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

STANDARD_OUTPUT: Final = "-"
_FAILED: Final = 1
_NEEDED: Final = ("jinja2", "vl_convert")


class ReportError(Exception):
    """There can be no report; the message says why and what to do."""


def write_report(options: Namespace) -> int:
    """Write what was asked for; the exit code."""
    try:
        return _write_report(options)
    except ReportError as error:
        print(f"genai-impact report: {error}", file=sys.stderr)
    except OSError as error:
        print(f"genai-impact report: {error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
    return _FAILED


def _write_report(options: Namespace) -> int:
    page = options.output or (None if options.csv or options.audit else DEFAULT_PAGE)
    _check_outputs(options.files, [page, options.csv, options.audit])
    version = options.data_version
    by, settings = grouping(options.by), settings_of(options.zone, options.method, version)
    as_if = what_if(options.as_if, settings, version)
    if as_if is not None and options.audit is not None:
        raise ReportError("--audit is a record of what was, and --as-if of what was not: they do not go together")
    result = read_files(
        options.files,
        settings,
        by,
        recompute=options.recompute or as_if is not None,
        task=options.task,
        as_if=as_if,
        data_version=version,
    )
    if result.reading.lines and result.reading.broken and not result.reading.spans:
        raise ReportError(
            f"no line of {', '.join(options.files)} is OTLP JSON ({result.reading.named[0]}); the Collector's file exporter "
            "writes it with `format: json` and without compression (else: zstd -dc FILE | genai-impact report -)"
        )
    _write(result, page, options)
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that was read, added up; and the catalogue in which names were looked up."""

    summary: Summary
    reading: Reading
    catalog: Catalog


def read_files(
    files: Sequence[str],
    settings: Settings,
    by: tuple[str, ...],
    *,
    recompute: bool = False,
    task: str | None = None,
    as_if: tuple[str, str] | None = None,
    data_version: str | None = None,
) -> Result:
    """Read files of spans, in bounded memory. `data_version`: of the data for what is estimated now.

    Raises:
        OSError: a file cannot be opened or read.
    """
    reading = Reading()
    with closing(Seen()) as seen:
        summary = Summary(by, seen.is_new_task)
        estimating = Estimating(
            settings, by, seen, recompute=recompute, task=task, as_if=as_if, data_version=data_version
        )
        for path in files:
            for place, export in exports(path, reading):
                for span in spans_of(place, export, reading):
                    summary.take(estimating.outcome(span))
        for outcome in estimating.rest():
            summary.take(outcome)
    return Result(summary=summary, reading=reading, catalog=estimating.catalog)


def grouping(text: str) -> tuple[str, ...]:
    """The keys of --by.

    Raises:
        ReportError: there is none.
    """
    by = tuple(dict.fromkeys(key.strip() for key in text.split(",") if key.strip()))
    if not by:
        raise ReportError("--by needs at least one key, for example --by model")
    return by


def settings_of(zone: str | None, method: str | None = None, data_version: str | None = None) -> Settings:
    """What a user set for applications holds for what is estimated here, too; a wrong zone, method or version of data is an error here.

    Raises:
        ReportError: there is no such zone, method or version.
    """
    settings = Settings.load({"zone": zone, "method": method})
    if settings.method not in METHODS:
        raise ReportError(f"there is no method {settings.method!r}; the methods are {', '.join(METHODS)}")
    try:
        Catalog(zone=settings.zone, electricity=METHODS[settings.method].electricity, data_version=data_version)
    except LookupError as error:
        raise ReportError(str(error)) from error
    return settings


def what_if(model: str | None, settings: Settings, data_version: str | None = None) -> tuple[str, str] | None:
    """Provider and name of the model of --as-if; None if there is none.

    Raises:
        ReportError: it is not written provider/model, or the inventory does not have it.
    """
    if model is None:
        return None
    provider, slash, name = model.partition("/")
    if not slash or not provider or not name:
        raise ReportError(f"--as-if is written provider/model, for example openai/gpt-4o-mini, got {model!r}")
    electricity = METHODS[settings.method].electricity
    catalog = Catalog.of_setting(settings.zone, settings.config, electricity=electricity, data_version=data_version)
    if catalog.serve(provider, name) is None:
        raise ReportError(
            f"the inventory has no model {name!r} of provider {provider!r}{catalog.nearest(provider, name)}"
        )
    return provider, name


def _check_outputs(files: Sequence[str], outputs: Sequence[str | None]) -> None:
    """Before anything is read: what is missing, and what would be overwritten."""
    if outputs[0] is not None and not all(map(find_spec, _NEEDED)):
        raise ReportError(
            "a page needs more packages: pip install 'otel-genai-impact[report]'; --csv and --audit work without them"
        )
    inputs = {Path(path).resolve() for path in files if path != STANDARD_INPUT}
    places = [Path(output) for output in outputs if output is not None and output != STANDARD_OUTPUT]
    for place in places:
        if place.resolve() in inputs:
            raise ReportError(f"{place} is one of the files to read, and would be lost")
        if place.is_dir() or not place.parent.is_dir():
            raise ReportError(
                f"{place} cannot be written: {'it is a folder' if place.is_dir() else 'there is no such folder'}"
            )
    given = [output for output in outputs if output is not None]
    twice = next((output for output in given if given.count(output) > 1), None)
    if twice is not None:
        raise ReportError(f"page, table and record cannot go to one place, {twice}")


def _write(result: Result, page: str | None, options: Namespace) -> None:
    """What was asked for; what was done is said on standard error where something of it goes to standard output."""
    from otel_genai_impact.cli.report.audit import record
    from otel_genai_impact.cli.report.table import write_table

    said = sys.stderr if STANDARD_OUTPUT in {page, options.csv, options.audit} else sys.stdout
    if options.csv is not None:
        table = io.StringIO(newline="")
        write_table(result.summary, table)
        _put(table.getvalue(), options.csv, said)
    audited = {
        **record(result.summary, result.reading, options.files, result.catalog),
        **({"what_if": options.as_if} if options.as_if else {}),
    }
    if options.audit is not None:
        _put(json.dumps(audited, indent=2, ensure_ascii=False) + "\n", options.audit, said)
    if page is not None:
        from otel_genai_impact.cli.report.page import page as html

        _put(html(result.summary, result.reading, options.files, audited), page, said)
    total, reading = result.summary.total, result.reading
    print(
        f"{total.requests:,} requests in {reading.spans:,} spans, {total.estimated:,} with an estimate"
        + (f", {total.recomputed:,} of all worked out now" if total.recomputed else ""),
        file=said,
    )
    for problem in reading.named:
        print(f"genai-impact report: could not be read: {problem}", file=sys.stderr)
    if reading.broken > len(reading.named):
        print(f"genai-impact report: {reading.broken - len(reading.named):,} more could not be read", file=sys.stderr)


def _put(text: str, place: str, said: IO[str]) -> None:
    """Write it where it was asked for, and say so."""
    if place == STANDARD_OUTPUT:
        sys.stdout.write(text)
        return
    with Path(place).open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    print(f"wrote {place}", file=said)
