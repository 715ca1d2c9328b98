"""What the value of an attribute says: a text, or a count of tokens, and what some leave out of a count."""

from __future__ import annotations

from typing import Final

MOST_TOKENS: Final = 10**8
_LONGEST_NUMBER: Final = 32
_INVALID: Final = -1


def text(value: object) -> str | None:
    """The value if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def tokens_in(value: object) -> int | None:
    """The count in an attribute; negative if it is none.

    Some SDKs report floats or numeric strings: 12.0 and "12" are counts; True, 12.5, nan and "a lot" are none.
    """
    number = value
    if number is None:
        return None
    if isinstance(number, str) and len(number) <= _LONGEST_NUMBER:
        try:
            number = float(number)
        except ValueError:
            return _INVALID
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return _INVALID
    if not (0 <= number <= MOST_TOKENS and number == int(number)):
        return _INVALID
    return int(number)


def part_in(value: object) -> int | None:
    """A part of a count: None if it is none, because the count itself may still be good."""
    tokens = tokens_in(value)
    return tokens if tokens is None or tokens >= 0 else None


def with_cache(received: int | None, cached: int | None, written: int | None, *, is_apart: bool) -> int | None:
    """The input tokens with those of the cache: less input than its parts means that they were left out."""
    of_the_cache = (cached or 0) + (written or 0)
    if received is None or received < 0 or (received >= of_the_cache and not is_apart):
        return received
    return received + of_the_cache


def with_thoughts(in_all: int | None, received: int | None, generated: int | None) -> int | None:
    """The output tokens with the thoughts, which were left out where input and output do not come up to what was used in all."""
    if in_all is None or received is None or generated is None or received < 0 or generated < 0:
        return generated
    return max(generated, in_all - received)
