"""Markdown tables, and the one place that says how many digits they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from science.errors import Factors


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column is text, the others are numbers."""
    lines = [" | ".join(head), " | ".join(["---", *["---:"] * (len(head) - 1)])]
    lines += [" | ".join(row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def factor(value: float) -> str:
    """An error as a factor."""
    return f"x{value:.2f}"


def percent(share: float) -> str:
    """A share."""
    return f"{share:.0%}"


def three(value: float) -> str:
    """Three significant digits, without an exponent."""
    return f"{float(f'{value:.3g}'):f}".rstrip("0").rstrip(".")


def pair(errors: Factors) -> list[str]:
    """Median and 90 % of errors."""
    return [factor(errors.median), factor(errors.ninety)]
