"""Where a request goes, if a name or a host says the region of a cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import estimate, semconv
from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.compiled import DATA_CENTER_DEFAULT, inventory
from otel_genai_impact.inventory.electricity import inventory_with
from otel_genai_impact.inventory.fields import InventoryError
from otel_genai_impact.inventory.loader import load_inventory
from otel_genai_impact.inventory.places import Place, place_of_host
from tests.unit.inventory.sample_files import FILES, write

if TYPE_CHECKING:
    from pathlib import Path

    from otel_genai_impact.inventory.resolved import Served

PROFILE = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
MODEL_ARN = "arn:aws:bedrock:eu-west-3::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"


def _serve(provider: str, name: str, host: str | None = None, zone: str | None = None) -> Served:
    served = Catalog(zone=zone).serve(provider, name, host=host)
    assert served is not None
    return served


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("bedrock-runtime.eu-west-3.amazonaws.com", Place("aws", "eu-west-3")),
        ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", Place("aws", "us-gov-west-1")),
        ("Bedrock-Runtime.EU-WEST-3.amazonaws.com.", Place("aws", "eu-west-3")),
        ("europe-west9-aiplatform.googleapis.com", Place("gcp", "europe-west9")),
        ("swedencentral.api.cognitive.microsoft.com", Place("azure", "swedencentral")),
        ("aiplatform.googleapis.com", None),
        ("acme.openai.azure.com", None),
        ("s3.eu-west-3.amazonaws.com", None),
        ("bedrock-runtime.eu-west-3.amazonaws.com.evil.example", None),
        ("", None),
        (None, None),
        ("a" * 1000, None),
    ],
)
def test_a_host_of_a_clouds_service_says_the_region(host: str | None, place: Place | None) -> None:
    """Services that name no region, other services and other hosts say none."""
    assert place == place_of_host(host)


@pytest.mark.parametrize(
    ("provider", "name", "host", "region", "zone"),
    [
        ("aws.bedrock", MODEL_ARN, None, "aws/eu-west-3", "FRA"),
        ("aws.bedrock", PROFILE, "bedrock-runtime.eu-north-1.amazonaws.com", "aws/eu-north-1", "SWE"),
        ("aws.bedrock", "amazon.nova-pro-v1:0", "bedrock-runtime.us-east-1.amazonaws.com", "aws/us-east-1", "USA"),
        ("litellm", "bedrock/eu-central-1/qwen.qwen3-coder-next", None, "aws/eu-central-1", "DEU"),
        (
            "gcp.vertex_ai",
            "projects/p/locations/europe-west9/publishers/google/models/gemini-2.5-pro",
            None,
            "gcp/europe-west9",
            "FRA",
        ),
        ("azure.ai.openai", "gpt-4o", "swedencentral.api.cognitive.microsoft.com", "azure/swedencentral", "SWE"),
    ],
)
def test_a_named_region_gives_zone_and_cloud(
    provider: str, name: str, host: str | None, region: str, zone: str
) -> None:
    """Its electricity, the cloud's PUE and WUE, and the code that these are of the whole cloud; no zone is assumed."""
    served = _serve(provider, name, host)
    assert (region, zone) == (served.data_center.provider, served.zone.code)
    codes = {semconv.DATA_CENTER_CLOUD, semconv.DATA_CENTER_DEFAULT, semconv.ZONE_WORLD, semconv.ZONE_PROVIDER_DEFAULT}
    assert {semconv.DATA_CENTER_CLOUD} == codes & {*served.assumptions}


@pytest.mark.parametrize(
    ("name", "host"),
    [
        (f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{PROFILE}", None),
        (PROFILE, None),
        (PROFILE, "bedrock-runtime.xx-nowhere-9.amazonaws.com"),
        (PROFILE, "127.0.0.1"),
    ],
)
def test_where_no_region_is_sure_the_provider_has_its_default(name: str, host: str | None) -> None:
    """A profile spreads requests over regions; an unknown region is none."""
    served = _serve("aws.bedrock", name, host)
    assert semconv.DATA_CENTER_CLOUD not in served.assumptions
    assert semconv.ZONE_PROVIDER_DEFAULT in served.assumptions


def test_the_users_zone_stands_above_a_named_region() -> None:
    """`GENAI_IMPACT_ZONE` is an override for all; PUE and WUE are still the cloud's."""
    served = _serve("aws.bedrock", MODEL_ARN, zone="DEU")
    assert ("aws/eu-west-3", "DEU") == (served.data_center.provider, served.zone.code)


def test_an_estimate_takes_the_host() -> None:
    """French electricity is cleaner than that of the USA, where the provider's servers are taken to be otherwise."""
    there = estimate("aws.bedrock", PROFILE, output_tokens=100, host="bedrock-runtime.eu-west-3.amazonaws.com")
    anywhere = estimate("aws.bedrock", PROFILE, output_tokens=100)
    assert ("FRA", "USA") == (there.zone, anywhere.zone)
    assert there.impacts.gwp_kgco2eq.high < anywhere.impacts.gwp_kgco2eq.low


def test_every_region_has_a_zone_of_the_inventory() -> None:
    """AWS 35, Azure 36, Google 41, OVHcloud 11, Scaleway 3 regions; those of one cloud share their figures."""
    clouds = inventory().content.get("clouds", {})
    assert {"aws": 35, "azure": 36, "gcp": 41, "ovhcloud": 11, "scaleway": 3} == {
        cloud: len(row[4]) for cloud, row in clouds.items()
    }
    for cloud, row in clouds.items():
        for region, zone in row[4].items():
            found = inventory().region(cloud, region)
            assert found is not None
            assert zone == found.zone
            assert inventory().zone(zone.partition("-")[0]) is not None
            assert inventory_with(OWN_ELECTRICITY).zone(zone) is not None


def test_the_default_data_center_spans_those_of_all_providers_that_are_known() -> None:
    """Nobody knows where an unknown provider's servers are: from the lowest to the highest figure of the six."""
    centers = load_inventory().data_centers
    known = [center.data_center for name, center in centers.items() if name != DATA_CENTER_DEFAULT]
    assert 6 == len(known)
    expected = [
        Interval(min(each.low for each in figures), max(each.high for each in figures))
        for figures in ([c.pue for c in known], [c.onsite_wue_l_per_kwh for c in known])
    ]
    default = centers[DATA_CENTER_DEFAULT].data_center
    assert expected == [default.pue, default.onsite_wue_l_per_kwh]


CLOUDS = """
[clouds.acme]
pue = 1.1
pue_year = 2025
onsite_wue_l_per_kwh = 0.2
wue_year = 2025
sources = ["https://example.com/pue"]
checked = 2026-11-22
[clouds.acme.zones]
north-1 = "FRA"
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"FRA"', '"SWE"', 'clouds."acme".zones: north-1: expected a zone of zones.toml, or a part of one, got "SWE"'),
        ("pue_year = 2025\n", "", 'clouds."acme": pue_year: missing, expected a positive number'),
        ("pue = 1.1", "pue = 0.9", 'clouds."acme": pue: expected a number of at least 1 or [low, high], got 0.9'),
        (
            "wue_year",
            "water_year",
            'clouds."acme": water_year: unknown key, allowed are '
            "pue, pue_year, onsite_wue_l_per_kwh, wue_year, zones, sources, checked, unchecked",
        ),
    ],
)
def test_an_error_in_the_file_of_clouds_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """Like those of all other files."""
    write(tmp_path, {**FILES, "clouds.toml": CLOUDS})
    assert load_inventory(tmp_path).clouds["acme"].zones == {"north-1": "FRA"}
    write(tmp_path, {**FILES, "clouds.toml": CLOUDS.replace(old, new, 1)})
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path)
    assert f"clouds.toml: {complaint}" == str(caught.value)
