"""Requests that make no text: vectors, images and videos. What is asked for, and the models that make it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval

Modality: TypeAlias = Literal["embedding", "image", "video"]
PIXELS_PER_MEGAPIXEL: Final = 1e6


class Asked(NamedTuple):
    """What one request asked for, as far as it is reported. None: not reported, and the model's default is taken.

    Attributes:
        input_tokens: tokens to embed, those of all texts of the request; nothing else has any.
        pieces: images or videos.
        megapixels: of an image, or of a frame, in 1e6 pixels.
        steps: how often the denoiser runs over each of them.
        seconds: how long each video is.
    """

    input_tokens: float | None = None
    pieces: float | None = None
    megapixels: float | None = None
    steps: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaModel:
    """A model that makes vectors, images or videos. Of a pipeline, the denoiser: the part that runs at each step.

    Attributes:
        modality: what it makes.
        parameters_b: in 1e9.
        is_disclosed: whether its makers say how large it is; else it is taken to be as open ones are.
        longest_input_tokens: of one text, for embeddings; None if unknown.
        width_px, height_px, steps: of an image or video, where a request does not say them; None for embeddings.
        frames: of a video; None for all else.
        frames_per_s: of a video; None for all else.

    Raises:
        ValueError: a number that the modality needs is missing, or is not positive.
    """

    modality: Modality
    parameters_b: Interval
    is_disclosed: bool = True
    longest_input_tokens: float | None = None
    width_px: float | None = None
    height_px: float | None = None
    steps: float | None = None
    frames: float | None = None
    frames_per_s: float | None = None

    def __post_init__(self) -> None:
        needed: dict[str, float | None] = {"parameters_b": self.parameters_b.low}
        if self.modality != "embedding":
            needed |= {"width_px": self.width_px, "height_px": self.height_px, "steps": self.steps}
        if self.modality == "video":
            needed |= {"frames": self.frames, "frames_per_s": self.frames_per_s}
        for name, number in needed.items():
            if number is None or not 0 < number < math.inf:
                raise ValueError(f"{name} of a model for {self.modality} must be positive and finite, got {number}")

    @property
    def megapixels(self) -> float:
        """Of an image, or of a frame, by default."""
        return (self.width_px or 0.0) * (self.height_px or 0.0) / PIXELS_PER_MEGAPIXEL
