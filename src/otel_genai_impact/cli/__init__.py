"""The command line, `genai-impact`: parses, calls, prints."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from otel_genai_impact._config import DEFAULT_METHOD
from otel_genai_impact._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_READER_IS_GONE: Final = 141  # what a shell says of a program that SIGPIPE ended

# A command's module is loaded only when it is asked for.
_COMMANDS: Final = {
    "estimate": ("estimate", "print_estimate"),
    "explain": ("explain", "print_explanation"),
    "compare": ("compare", "print_comparison"),
    "models": ("lists", "print_list"),
    "zones": ("lists", "print_list"),
    "providers": ("lists", "print_list"),
    "report": ("report.command", "write_report"),
    "recompute": ("recompute", "print_recomputed"),
    "check": ("check", "print_check"),
    "doctor": ("doctor.command", "print_diagnosis"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if vars(options).get("operation") == "chat" and options.output_tokens is None:
        parser.error("the following arguments are required: --output-tokens")
    if options.command == "run":
        from otel_genai_impact.cli.run import run

        return run(options.program)
    module, function = _COMMANDS[options.command]
    command: Callable[[argparse.Namespace], int] = getattr(import_module(f"{__name__}.{module}"), function)
    try:
        code = command(options)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads us has seen enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_IS_GONE
    return code


def _parser() -> argparse.ArgumentParser:
    from otel_genai_impact.cli.report.options import add_options as add_report_options
    from otel_genai_impact.cli.report.options import add_recompute_options
    from otel_genai_impact.inventory.electricity import ELECTRICITY_SETS

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
    _add_request(estimate)
    _add_cost(estimate)
    _add_request(
        commands.add_parser(
            "explain",
            help="the whole calculation of one request, with every factor, source, date and assumption",
            description="Prints everything that the estimate of one request rests on.",
        )
    )
    _add_calculator(commands)
    for name, what in (("models", "models"), ("zones", "electricity zones"), ("providers", "providers")):
        listed = commands.add_parser(name, help=f"the {what} of the inventory")
        listed.add_argument("--search", metavar="TEXT", help="only rows in which this text stands, in either case")
        listed.add_argument("--json", action="store_true", help="print JSON")
        if name == "zones":
            listed.add_argument(
                "--electricity",
                choices=ELECTRICITY_SETS,
                default=ELECTRICITY_SETS[0],
                help="the table of the method ecologits-0.11 (if not given), or that of our own, which native-* use",
            )

    report = commands.add_parser(
        "report",
        help="make one page, or a table, of files of spans",
        description="Reads spans that the Collector's file exporter or another one wrote as OTLP JSON, and makes one page of "
        "HTML: sums with intervals, by model, over time, what was assumed and what was not estimated. Spans without impacts "
        "are estimated now. Nothing is sent anywhere.",
    )
    add_report_options(report)

    recompute = commands.add_parser(
        "recompute",
        help="estimate the requests of files of spans once more, and compare",
        description="Reads spans as `report` does, estimates their requests by this version, or by another method, zone or "
        "model, and prints before and after. Files are not changed, and nothing is sent anywhere.",
    )
    add_recompute_options(recompute)

    check = commands.add_parser(
        "check",
        help="say whether a file of your own data (GENAI_IMPACT_CONFIG) can be used",
        description="Prints what the file has, or its first mistake with the line. Exit code 0: it can be used; 1: it cannot.",
    )
    check.add_argument("file", help="for example genai-impact.toml")

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


def _add_request(command: argparse.ArgumentParser) -> None:
    """What describes one request."""
    from otel_genai_impact.cli.media import add_options as add_media_options

    command.add_argument("provider", help="who serves the model, for example openai")
    command.add_argument("model", help="its name, for example gpt-4o")
    command.add_argument("--output-tokens", type=int, metavar="N", help="tokens that it generates; text needs them")
    add_media_options(command)
    command.add_argument("--latency", type=float, metavar="S", help="how long the caller waits, s")
    command.add_argument("--zone", help="electricity zone, for example FRA; the provider's own if not given")
    _add_method(command)
    _add_data_version(command)
    command.add_argument("--service-tier", metavar="TIER", help="flex, batch or priority; native-1 alone")
    command.add_argument("--batch-size", type=float, metavar="N", help="requests at a time, if known; native-1 alone")
    command.add_argument("--gpu", help="H100, H200 or B200, if known; native-1 alone")
    command.add_argument("--json", action="store_true", help="print JSON, in the units of the telemetry: J, g, L")
    command.add_argument(
        "--config",
        metavar="FILE",
        default=os.environ.get("GENAI_IMPACT_CONFIG") or None,
        help="data of your own; the file that GENAI_IMPACT_CONFIG names if not given",
    )


def _add_cost(command: argparse.ArgumentParser) -> None:
    command.add_argument("--cost", action="store_true", help="its list price beside it; needs the extra `prices`")


def _add_data_version(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data-version",
        metavar="VERSION",
        help="of the data, such as 2026.11 or ecologits-0.9.1; today's if not given",
    )


def _add_method(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--method", default=DEFAULT_METHOD, help=f"ecologits-0.11 or native-1; {DEFAULT_METHOD} if not given"
    )
    command.add_argument(
        "--input-tokens",
        type=int,
        metavar="N",
        help="tokens that it reads, those from a cache included; native-1 alone",
    )
    command.add_argument("--cached-tokens", type=int, metavar="N", help="of these, tokens read from a cache")


def _add_calculator(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    compare = commands.add_parser(
        "compare",
        help="compare models, by tokens and zones",
        description="Compares models, by tokens and zones, with intervals, and says which one has surely the least.",
    )
    compare.add_argument("models", nargs="+", metavar="PROVIDER/MODEL", help="for example openai/gpt-4o")
    compare.add_argument("--output-tokens", default="300", metavar="N,N", help="tokens of a request; 300 if not given")
    compare.add_argument("--zone", metavar="ZONE,ZONE", help="electricity zones; each model's own if not given")
    compare.add_argument(
        "--requests", type=int, default=1, metavar="N", help="so many requests of each; one if not given"
    )
    _add_cost(compare)
    _add_method(compare)
    _add_data_version(compare)
    compare.add_argument("--json", action="store_true", help="print JSON, in the units of the telemetry: J, g, L")
