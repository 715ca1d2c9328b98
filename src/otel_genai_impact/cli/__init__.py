"""The command line, `genai-impact`: parses, calls, prints."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from otel_genai_impact._version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "run":
        from otel_genai_impact.cli.run import run

        return run(options.program)
    if options.command == "doctor":
        from otel_genai_impact.cli.doctor.command import print_diagnosis

        return print_diagnosis(options)
    if options.command == "report":
        from otel_genai_impact.cli.report.command import write_report

        return write_report(options)
    from otel_genai_impact.cli.estimate import print_estimate

    return print_estimate(options)


def _parser() -> argparse.ArgumentParser:
    from otel_genai_impact.cli.report.options import add_options as add_report_options

    parser = argparse.ArgumentParser(
        prog="genai-impact", description="The environmental impacts of GenAI requests: energy, CO2eq, water, metals."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser(
        "run",
        help="run a program with auto-instrumentation, and print its impacts when it ends",
        description="Runs a program with auto-instrumentation, and prints its impacts when it ends. Nothing is exported "
        "unless OTEL_TRACES_EXPORTER and the like say so. Exit code and signals are the program's own.",
    )
    run.add_argument("program", nargs=argparse.REMAINDER, metavar="COMMAND", help="for example: python app.py")

    estimate = commands.add_parser("estimate", help="estimate the impacts of one request")
    estimate.add_argument("provider", help="who serves the model, for example openai")
    estimate.add_argument("model", help="its name, for example gpt-4o")
    estimate.add_argument("--output-tokens", type=int, required=True, metavar="N", help="tokens that it generates")
    estimate.add_argument("--latency", type=float, metavar="S", help="how long the caller waits, s")
    estimate.add_argument("--zone", help="electricity zone, for example FRA; the provider's own if not given")
    estimate.add_argument("--json", action="store_true", help="print JSON, in the units of the telemetry: J, g, L")

    report = commands.add_parser(
        "report",
        help="make one page, or a table, of files of spans",
        description="Reads spans that the Collector's file exporter or another one wrote as OTLP JSON, and makes one page of "
        "HTML: sums with intervals, by model, over time, what was assumed and what was not estimated. Spans without impacts "
        "are estimated now. Nothing is sent anywhere.",
    )
    add_report_options(report)

    doctor = commands.add_parser(
        "doctor",
        help="say whether every GenAI request of an application here would be counted, and what to do if not",
        description="Says which SDKs are installed, who sees their requests, and what OpenTelemetry an application would "
        "get. Exit code 0: all is well; 1: there is a problem; 2: the command line makes no sense.",
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.add_argument("--check-endpoint", action="store_true", help="try to connect to where telemetry is sent")
    doctor.add_argument(
        "--ignore", action="append", default=[], metavar="SDK", help="an SDK that is not used; may be given again"
    )
    return parser
