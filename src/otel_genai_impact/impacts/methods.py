"""The methods by name. A new method is one file beside this one, and one row here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact.impacts.ecologits_0_11 import EcoLogits011
from otel_genai_impact.impacts.native_1 import Native1
from otel_genai_impact.impacts.native_1_media_system import Native1Media

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.impacts.method import MediaMethod, Method

METHODS: Final[Mapping[str, Method]] = {method.name: method for method in (EcoLogits011(), Native1())}
MEDIA_METHODS: Final[Mapping[str, MediaMethod]] = {method.name: method for method in (Native1Media(),)}
"""What covers more than text, by the name of its method."""
