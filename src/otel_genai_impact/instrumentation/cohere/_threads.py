"""The older client's `embed` makes its requests in threads: the application's span is brought there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from opentelemetry.context import attach, detach, get_current

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Options(dict[str, Any]):
    """The options of a request, with the context in which it was asked for."""

    def __init__(self, given: Any) -> None:
        super().__init__(cast("dict[str, Any]", given) if isinstance(given, dict) else {})
        self.given: Any = given
        self.context = get_current()


def split(wrapped: Any, client: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG001
    """The older client's `embed` makes its requests in threads, where nothing is known of the application's span."""
    if args:
        return wrapped(*args, **kwargs)  # it takes none, and says so
    return wrapped(**{**kwargs, "request_options": _Options(kwargs.get("request_options"))})


def in_a_thread(wrapped: Any, client: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG001
    """The options bring the context there; the SDK gets them as they were."""
    options = kwargs.get("request_options")
    if not isinstance(options, _Options):
        return wrapped(*args, **kwargs)
    token = attach(options.context)
    try:
        return wrapped(*args, **{**kwargs, "request_options": options.given})
    finally:
        detach(token)
