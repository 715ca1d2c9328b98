"""What is kept of names, so that each is looked up once."""

from __future__ import annotations

from unittest import mock

from otel_genai_impact.inventory.identifying import ModelNames
from tests.kit.telemetry import Telemetry


def test_names_that_nobody_knows_displace_no_plan() -> None:
    """However many of them come by, a known model is looked up once, and what is kept of them is bounded."""
    telemetry = Telemetry()
    telemetry.request({"gen_ai.request.model": "gpt-4o"})
    plans = telemetry.processor._recorder.plans
    plan = next(iter(plans.known.values()))
    for number in range(1500):
        telemetry.request({"gen_ai.request.model": f"nobody-{number}"})
    assert [plan] == list(plans.known.values())
    # About as full as they will ever be: a table that swings makes the process grow for days.
    assert {True} == {1024 * 7 // 8 <= len(kept) <= 1024 for kept in (plans.without, plans._rows)}


def test_providers_that_somebody_made_up_are_few() -> None:
    """A known model under ever new names of providers displaces no plan of those that were there before."""
    telemetry = Telemetry()
    telemetry.request()
    plans = telemetry.processor._recorder.plans
    plan = next(iter(plans.known.values()))
    sizes = set[int]()
    for number in range(1000):
        telemetry.request({"gen_ai.provider.name": f"somebody-{number}"})
        sizes.add(len(plans.known))
    assert max(sizes) == len(plans.known) == 64 + 256
    assert plan in plans.known.values()
    assert telemetry.total("genai_impact.requests") == 1001


def test_an_unknown_name_is_looked_up_once() -> None:
    """Also where each request is of another tenant: whether a model is known does not depend on that."""
    telemetry = Telemetry({"metric_attributes": "tenant"})
    telemetry.request({"gen_ai.request.model": "nobody", "tenant": "a"})
    with mock.patch.object(ModelNames, "_resolved", side_effect=AssertionError("looked up again")):
        for tenant in ("a", "b"):
            telemetry.request({"gen_ai.request.model": "nobody", "tenant": tenant})
    assert telemetry.total("genai_impact.requests", genai_impact__not_estimated="unknown_model") == 3
