"""The embodied phase: the request's share of making the hardware. One function a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval


def hardware_embodied(gpu_count: Interval, server_share: Interval, one_gpu: float, one_chassis: float) -> Interval:
    """Impact of making the hardware that the model occupies: its GPUs, and its share of the rest of the server.

    The unit is that of `one_gpu` and `one_chassis`: kgCO2eq, kgSbeq or MJ.
    """
    return server_share * one_chassis + gpu_count * one_gpu


def request_embodied(
    hardware: Interval, generation_time_s: Interval, hardware_lifetime_s: float, batch_size: int
) -> Interval:
    """The request's part of that: the time (s) it occupies the hardware, of the whole lifetime (s), shared by its batch.

    The unit is that of `hardware`.
    """
    return generation_time_s * hardware * (1 / (hardware_lifetime_s * batch_size))
