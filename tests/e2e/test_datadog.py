"""The Datadog files are what Datadog's API takes: read into its client's own models, with nothing left unread."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, cast

import pytest
from datadog_api_client import Configuration, model_utils
from datadog_api_client.exceptions import ApiTypeError, ApiValueError
from datadog_api_client.v1.model.dashboard import Dashboard
from datadog_api_client.v1.model.monitor import Monitor

from tests.e2e.collector import ROOT
from tests.e2e.contract import COUNTERS, HISTOGRAM, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = ROOT / "dashboards" / "datadog"
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
MONITORS = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "monitors").glob("*.json"))
}
_read = cast("Any", model_utils).validate_and_convert_types  # its own types are incomplete
TAGS = {
    "service",
    "tenant",
    "gen_ai.provider.name",
    "gen_ai.response.model",
    "genai_impact.not_estimated",
    "genai_impact.method",
    "genai_impact.zone",
}


def problems(content: dict[str, Any], model: type) -> list[str]:
    """What Datadog's client cannot read, and keys that its models do not have."""
    try:
        read: Any = _read(copy.deepcopy(content), (model,), ["file"], True, True, Configuration())
    except (ApiTypeError, ApiValueError, TypeError, ValueError) as error:
        return [str(error)]
    return list(_unread(read, "file"))


def _unread(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, model_utils.UnparsedObject) or getattr(value, "_unparsed", False):
        yield f"{path} is unparsed"
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _unread(item, f"{path}[{number}]")
    elif hasattr(value, "_data_store"):
        chosen = getattr(value, "_composed_instances", None)
        for part in chosen or ():  # of several possible models, the one that it is
            yield from _unread(part, path)
        parts: dict[str, Any] = {} if chosen else value._data_store
        for key, item in parts.items():
            if key not in value.openapi_types:
                yield f"{path}.{key} is unknown"
            yield from _unread(item, f"{path}.{key}")


def queries() -> list[str]:
    requests = [request for widget in DASHBOARD["widgets"] for request in widget["definition"]["requests"]]
    of_widgets = [query["query"] for request in requests for query in request["queries"]]
    return of_widgets + [monitor["query"] for monitor in MONITORS.values()]


def test_the_dashboard_is_read_to_the_last_key() -> None:
    """No widget stays unparsed, and no key is unknown."""
    assert [] == problems(DASHBOARD, Dashboard)


@pytest.mark.parametrize("name", MONITORS)
def test_every_monitor_is_read_to_the_last_key(name: str) -> None:
    """The same, and it says what to do."""
    assert [] == problems(MONITORS[name], Monitor)
    assert len(MONITORS[name]["message"]) > 80


def unknown_widget(dashboard: dict[str, Any]) -> None:
    dashboard["widgets"][0]["definition"]["type"] = "query_figure"


def unknown_key_of_a_query(dashboard: dict[str, Any]) -> None:
    dashboard["widgets"][6]["definition"]["requests"][0]["queries"][0]["queri"] = "avg:system.cpu.user{*}"


def wrong_type(dashboard: dict[str, Any]) -> None:
    dashboard["widgets"][0]["layout"]["x"] = "left"


def unknown_key_of_the_dashboard(dashboard: dict[str, Any]) -> None:
    dashboard["templates"] = []


@pytest.mark.parametrize("mistake", [unknown_widget, unknown_key_of_a_query, wrong_type, unknown_key_of_the_dashboard])
def test_the_check_finds_mistakes(mistake: Callable[[dict[str, Any]], None]) -> None:
    """The client's models accept much; what they would send on without understanding it is found."""
    dashboard = copy.deepcopy(DASHBOARD)
    mistake(dashboard)
    assert [] != problems(dashboard, Dashboard)


def test_an_unknown_type_of_monitor_is_found() -> None:
    """So is a monitor that Datadog has no type for."""
    assert [] != problems({**MONITORS["coverage"], "type": "carbon alert"}, Monitor)


def test_every_query_asks_for_metrics_and_tags_that_exist() -> None:
    """Names are those of the telemetry contract, as the OTLP ingest keeps them: with dots."""
    text = "\n".join(queries())
    metrics = set(re.findall(r"(?:sum|avg|p\d\d):([a-z_.]+)\{", text))
    assert metrics <= {*COUNTERS, REQUESTS, HISTOGRAM}
    assert {"genai_impact.energy", "genai_impact.gwp", "genai_impact.wcf", HISTOGRAM, REQUESTS} <= metrics
    groups = {tag.strip() for found in re.findall(r"by \{([^}]*)\}", text) for tag in found.split(",")}
    filters = set(re.findall(r"([a-z_.]+):\*", text))
    variables = {variable["prefix"] for variable in DASHBOARD["template_variables"]}
    assert groups | filters | variables <= TAGS


@pytest.mark.parametrize("name", MONITORS)
def test_a_monitors_threshold_is_the_one_in_its_query(name: str) -> None:
    """Datadog refuses a monitor where they differ."""
    found = re.search(r"[<>]=? ([\d.]+)$", MONITORS[name]["query"])
    assert found
    assert MONITORS[name]["options"]["thresholds"]["critical"] == float(found[1])
