"""The options of `genai-impact report`: apart from the rest, so that other commands need not load it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argparse import ArgumentParser

DEFAULT_PAGE: Final = "genai-impact-report.html"
DEFAULT_BY: Final = "model,provider,service"


def add_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    _add_files(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="PAGE",
        help=f"where the page goes; {DEFAULT_PAGE} if not given, - for standard output",
    )
    parser.add_argument("--csv", metavar="TABLE", help="write a table, too, or alone without -o; - for standard output")
    parser.add_argument(
        "--by",
        default=DEFAULT_BY,
        metavar="KEYS",
        help="what to group by, with commas: model, provider, service, or the key of an attribute of spans or resources, "
        f"for example tenant.id; {DEFAULT_BY} if nothing is said",
    )
    parser.add_argument(
        "--audit",
        metavar="RECORD",
        help="write a record for auditors, too, or alone: scope 3 category 1 and SCI, as JSON; - for standard output",
    )
    parser.add_argument(
        "--task",
        metavar="KEY",
        help="the attribute that tells tasks apart, for the score by task: for example gen_ai.conversation.id; "
        "the trace if not given",
    )
    _add_estimates(parser)
    parser.add_argument("--recompute", action="store_true", help="estimate all requests now, whatever their spans say")


def add_recompute_options(parser: ArgumentParser) -> None:
    """The options of `genai-impact recompute`."""
    _add_files(parser)
    parser.add_argument(
        "--by", default="model", metavar="KEYS", help="what to group by, as for report; model if not given"
    )
    _add_estimates(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, in the units of the telemetry: J, g, L")


def _add_files(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="OTLP JSON, an export a line; - for standard input")


def _add_estimates(parser: ArgumentParser) -> None:
    """What estimates are made by."""
    parser.add_argument("--zone", help="electricity zone of what is estimated now, for example FRA")
    parser.add_argument("--method", help="the method of what is estimated now")
    parser.add_argument(
        "--data-version",
        metavar="VERSION",
        help="of the data for what is estimated now, such as 2026.11 or ecologits-0.9.1; today's if not given",
    )
    parser.add_argument(
        "--as-if",
        metavar="PROVIDER/MODEL",
        help="estimate all requests as if this model had got them, with the tokens that they have",
    )
