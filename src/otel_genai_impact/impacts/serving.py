"""How a request is served, as far as that is known: what a method takes for granted where nobody says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The state of the servers of a request. None: unknown, and the method has a value for that, with its error.

    Attributes:
        tier: service tier in lower case, as `openai.response.service_tier` has it: `flex`, `batch`, `priority`, ...
        batch_size: requests that are worked on at the same time; known, it comes before what the tier says.
        gpu: kind of the GPUs, as the method calls them: `H100`, `H200`, `B200`.

    Raises:
        ValueError: a batch of less than one request.
    """

    tier: str | None = None
    batch_size: float | None = None
    gpu: str | None = None

    def __post_init__(self) -> None:
        if self.batch_size is not None and not 1 <= self.batch_size < math.inf:
            raise ValueError(f"a batch has at least 1 request, got {self.batch_size}")

    def known_from(self, other: Serving) -> Serving:
        """This, and what it does not say as the other one says it."""
        return Serving(
            tier=self.tier or other.tier,
            batch_size=other.batch_size if self.batch_size is None else self.batch_size,
            gpu=self.gpu or other.gpu,
        )


UNKNOWN: Final = Serving()
"""Nothing is known, as of most requests to a provider."""
