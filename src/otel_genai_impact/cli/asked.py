"""What `estimate` and `explain` are asked on the command line: one request, described by the same options for both."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, TypedDict

from otel_genai_impact.impacts.native_1_energy import GPUS
from otel_genai_impact.impacts.serving import Serving

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

_FAILED: Final = 1


class Asked(TypedDict):
    """The request that was described. None means not said."""

    output_tokens: float
    latency_s: float | None
    zone: str | None
    config: str | None
    input_tokens: float | None
    cached_tokens: float | None
    serving: Serving
    method: str
    data_version: str | None


def answer(options: Namespace, make: Callable[[str, str, Asked], Any], show: Callable[[Any], None]) -> int:
    """Make something of the request that was described, and show it; the exit code. What cannot be made is one line."""
    try:
        asked = Asked(
            output_tokens=options.output_tokens,
            latency_s=options.latency,
            zone=options.zone,
            input_tokens=options.input_tokens,
            cached_tokens=options.cached_tokens,
            serving=_serving_of(options),
            method=options.method,
            config=options.config,
            data_version=options.data_version,
        )
        made = make(options.provider, options.model, asked)
    except (LookupError, ValueError) as error:
        print(f"genai-impact {options.command}: {error}", file=sys.stderr)
        return _FAILED
    show(made)
    return 0


def _serving_of(options: Namespace) -> Serving:
    """What the command line says of how the request is served.

    Raises:
        ValueError: a batch of less than one request, or a GPU that the method does not know.
    """
    gpu = options.gpu.upper() if options.gpu else None
    if gpu is not None and gpu not in GPUS:
        raise ValueError(f"--gpu is {', '.join(GPUS)}, got {options.gpu!r}")
    return Serving(tier=(options.service_tier or "").lower() or None, batch_size=options.batch_size, gpu=gpu)
