"""Where a request goes: the region of a cloud in the name of a model or of a host."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

AWS: Final = "aws"
AZURE: Final = "azure"
GCP: Final = "gcp"
OVHCLOUD: Final = "ovhcloud"
SCALEWAY: Final = "scaleway"

_LONGEST_HOST: Final = 253
_HOSTS: Final = (
    (AWS, re.compile(r"bedrock(?:-runtime|-mantle)?(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)")),
    (GCP, re.compile(r"(?P<region>[a-z]+-[a-z]+\d+)-aiplatform\.googleapis\.com")),
    (AZURE, re.compile(r"(?P<region>[a-z0-9]+)\.(?:api\.cognitive\.microsoft\.com|inference\.ai\.azure\.com)")),
    (OVHCLOUD, re.compile(r"[^.]+\.app\.(?P<region>[a-z]+)\.ai\.cloud\.ovh\.net")),
    (SCALEWAY, re.compile(r"[^.]+\.ifr\.(?P<region>[a-z]+-[a-z]+)\.scaleway\.com")),
)


class Place(NamedTuple):
    """A region of a cloud, as they call themselves: `aws` and `eu-west-3`."""

    cloud: str
    region: str


# Services that are in one place, and do not say so in the name of their host.
_ONE_PLACE: Final = {
    "api.scaleway.ai": Place(SCALEWAY, "fr-par"),
    "oai.endpoints.kepler.ai.cloud.ovh.net": Place(OVHCLOUD, "eu"),
}


def place_of_host(host: str | None) -> Place | None:
    """The region that a host of a cloud's service names; None for every other host.

    Services that spread requests over regions name none, or the one that they are entered by: `aiplatform.googleapis.com`.
    """
    if host is None or len(host) > _LONGEST_HOST:
        return None
    name = host.strip().lower().rstrip(".")
    if name in _ONE_PLACE:
        return _ONE_PLACE[name]
    for cloud, pattern in _HOSTS:
        found = pattern.fullmatch(name)
        if found is not None:
            return Place(cloud, found["region"])
    return None
