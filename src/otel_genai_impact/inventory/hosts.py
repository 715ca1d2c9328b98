"""Who answers at a host: the SDK's maker is not always who serves the request.

The SDKs of OpenAI and Anthropic talk to everything that speaks their APIs, and their spans say `openai` for Azure, Groq, a
gateway and the machine under the desk alike. `data/hosts.toml` has the services that can be told by their host.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.inventory.media import MediaCatalog
    from otel_genai_impact.inventory.places import Place
    from otel_genai_impact.inventory.resolved import Served

HOSTS_FILE: Final = Path(__file__).parent / "data" / "hosts.toml"

REGIONAL: Final = "*"
"""No host's name: stands for the many hosts of a cloud, one a region."""

OWN_HOSTS: Final[Mapping[str | None, str]] = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    **dict.fromkeys(
        (
            "aws.bedrock",
            "aws_bedrock",
            "bedrock",
            "gcp.vertex_ai",
            "vertex_ai",
            "vertexai",
            "azure.ai.openai",
            "azure.ai.inference",
            "ovhcloud",
            "scaleway",
        ),
        REGIONAL,
    ),
}
"""The providers of which the host says more than the name, and the host at which it does not.

SDKs of OpenAI and Anthropic are used with other services too; the hosts of clouds name their region.
"""

LOCAL: Final = "local"
"""Who answers at a private address, which the conventions have no name for."""

_LONGEST_ADDRESS: Final = 512
_MOST_KEPT: Final = 1024
# What only resolves inside of a machine, a cluster or a house.
_LOCAL_ENDINGS: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".svc")


class Service(NamedTuple):
    """Who answers at some hosts.

    Attributes:
        provider: its name, as in `gen_ai.provider.name`.
        hosts: patterns of names.
        gateway: whether it passes requests on to who computes.
    """

    provider: str
    hosts: tuple[str, ...]
    gateway: bool


class Server(NamedTuple):
    """Who answers at a host, and where.

    Attributes:
        provider: None where it is the one that is said to.
        place: the region of a cloud; None where the host says none, or one that the inventory does not have.
    """

    provider: str | None
    place: Place | None


_NOTHING_MORE: Final = Server(provider=None, place=None)


def server_at(provider: str | None, address: object) -> Server | None:
    """Who answers at an address (a host, or a URL), and where, as far as it says more than the provider.

    Args:
        provider: who is said to answer; one of `OWN_HOSTS`.
        address: what the span says it called.
    """
    if type(address) is not str or len(address) > _LONGEST_ADDRESS:
        return None
    return _server(provider, address)


def serve(
    catalog: Catalog | MediaCatalog, provider: str | None, at: Server | None, *names: str | None
) -> Served | None:
    """What serves a request, by the provider that answers at its host; None if the inventory does not have its model.

    Nobody but its maker runs a model whose parameters are not published: where a gateway, or a private address, answers with
    one, it was passed on to the maker.
    """
    if at is None:
        return catalog.serve(provider, *names)
    who = at.provider or provider
    served = catalog.serve(who, *names, place=at.place)
    if served is None:
        return None
    if semconv.MODEL_PARAMETERS_UNDISCLOSED in served.entry.assumptions and who in _gateways():
        who = served.entry.provider
        served = catalog.serve(who, *names)
    if served is None or who == provider:
        return served
    return served._replace(assumptions=tuple(sorted((*served.assumptions, semconv.PROVIDER_HOST))))


@cache
def services() -> tuple[Service, ...]:
    """The table. Read when a request first goes anywhere but to the SDK's maker."""
    import tomllib

    content: dict[str, Any] = tomllib.loads(HOSTS_FILE.read_text(encoding="utf-8"))
    return tuple(
        Service(service["provider"], tuple(service["hosts"]), service.get("gateway", False))
        for service in content["services"]
    )


@cache
def _gateways() -> frozenset[str]:
    return frozenset({LOCAL, *(service.provider for service in services() if service.gateway)})


@lru_cache(maxsize=_MOST_KEPT)
def _server(provider: str | None, address: str) -> Server | None:
    from otel_genai_impact.inventory.compiled import inventory  # not for those who only import us
    from otel_genai_impact.inventory.places import place_of_host

    host = _host(address)
    place = place_of_host(host)
    if place is not None and inventory().region(*place) is None:
        place = None  # hosts come from strangers: what is not known makes no difference, and no plan of its own
    # Names of clouds vary; whatever a cloud is called, it is the one whose host was called.
    other = None if OWN_HOSTS.get(provider) == REGIONAL else _at(host)
    found = Server(None if other == provider else other, place)
    return None if found == _NOTHING_MORE else found


def _at(host: str) -> str | None:
    for service in services():
        if any(fnmatchcase(host, pattern) for pattern in service.hosts):
            return service.provider
    return LOCAL if _is_local(host) else None


def _host(address: str) -> str:
    """The host in a host, a host with a port, or a URL; empty if there is none."""
    from urllib.parse import urlsplit

    if "://" not in address:
        # An address of IPv6 without its brackets is no part of a URL.
        address = f"//[{address}]" if address.count(":") > 1 and "[" not in address else f"//{address}"
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return ""
    return (host or "").lower().rstrip(".")


def is_loopback(address: object) -> bool:
    """Whether an address (a host, or a URL) is that of this very machine."""
    from ipaddress import ip_address

    if not isinstance(address, str) or len(address) > _LONGEST_ADDRESS:
        return False
    host = _host(address)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_local(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_private
    except ValueError:
        # A name without a dot is another machine's in the same network, or that of a container.
        return host != "" and (host.endswith(_LOCAL_ENDINGS) or "." not in host)
