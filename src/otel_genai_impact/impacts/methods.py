"""The methods by name. A new method is one file beside this one, and one row here.

A method is imported when it is asked for: a process estimates by one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from otel_genai_impact.impacts.method import MediaMethod, Method

_T = TypeVar("_T")


class _MadeWhenAsked(Mapping[str, _T]):
    """Values that are made when they are first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], _T]]) -> None:
        self._makers = makers
        self._made: dict[str, _T] = {}

    def __getitem__(self, name: str) -> _T:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._makers[name]()
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __contains__(self, name: object) -> bool:
        return name in self._makers


def _ecologits_0_11() -> Method:
    from otel_genai_impact.impacts.ecologits_0_11 import EcoLogits011

    return EcoLogits011()


def _native_1() -> Method:
    from otel_genai_impact.impacts.native_1 import Native1

    return Native1()


def _native_1_media() -> MediaMethod:
    from otel_genai_impact.impacts.native_1_media_system import Native1Media

    return Native1Media()


METHODS: Final[Mapping[str, Method]] = _MadeWhenAsked({"ecologits-0.11": _ecologits_0_11, "native-1": _native_1})
MEDIA_METHODS: Final[Mapping[str, MediaMethod]] = _MadeWhenAsked({"native-1": _native_1_media})
"""What covers more than text, by the name of its method."""
