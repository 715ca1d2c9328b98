"""Whom a client of Cohere's asks, and where: Cohere itself, or a cloud that serves its models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact._contain import contained

if TYPE_CHECKING:
    from collections.abc import Mapping


def base_url(client: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return _place(client)[1]


def provider(client: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return _place(client)[0]


def _place(client: Any) -> tuple[str | None, object]:
    """Whose service a client asks, if it is not Cohere's, and where.

    The SDK's clients of clouds give their HTTP client a hook that turns each request into one to the cloud.
    """
    wrapper = client._client_wrapper  # noqa: SLF001 -- a raw client has no public way to it
    hooks = getattr(wrapper.httpx_client.httpx_client, "event_hooks", {})
    for hook in hooks.get("request", ()):
        cloud = _CLOUDS.get(getattr(hook, "__module__", ""))
        if cloud is not None:
            with contained("finding out which cloud a client of Cohere's asks"):
                names = hook.__code__.co_freevars
                cells = (cell.cell_contents for cell in hook.__closure__)
                return cloud(hook.__globals__, dict(zip(names, cells, strict=True)))
            return None, None
    return None, wrapper.get_base_url()


def _aws(module: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, object]:
    service, region = found["service"], found["aws_region"]
    return f"aws.{service}", module["get_url"](platform=service, aws_region=region, model="", stream=False)


def _oracle(module: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, object]:
    return "oci", module["get_oci_url"](region=found["oci_region"], endpoint="chat")


_CLOUDS: Final = {"cohere.aws_client": _aws, "cohere.oci_client": _oracle}
