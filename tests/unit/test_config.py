"""The settings: one table, three sources, and one line in the log for what cannot be used."""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import Any

import pytest

from otel_genai_impact._config import Declared, Settings, declarative_configuration, given

NO_HISTOGRAMS: frozenset[str] = frozenset()
DEFAULTS: dict[str, object] = {
    "enabled": True,
    "method": "ecologits-0.11",
    "zone": None,
    "detail": "standard",
    "histograms": frozenset({"energy"}),
    "metric_attributes": (),
    "metric_values": 100,
    "summary": False,
    "training_g_per_request": None,
    "network_kwh_per_gb": None,
    "config": None,
    "strict": False,
    "measured": (),
    "powercap": None,
    "count_unsampled": True,
    "count_server_spans": False,
    "across_processes": False,
}


def _declared(**options: object) -> dict[str, Any]:
    """What OpenTelemetry's configurator makes of a file: the values of the component that are not None."""
    component = declarative_configuration()(**options)
    values = {setting.name: getattr(component, setting.name) for setting in fields(component)}
    return {name: value for name, value in values.items() if value is not None}


def test_the_defaults() -> None:
    """What holds if nobody says anything."""
    assert Settings.load({}, {})._asdict() == DEFAULTS
    assert Settings()._asdict() == DEFAULTS


def test_the_process_environment_is_read_if_no_other_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """At run time the variables come from the process."""
    monkeypatch.setenv("GENAI_IMPACT_ZONE", "SWE")
    assert Settings.load().zone == "SWE"


@pytest.mark.parametrize(
    ("variable", "text", "setting", "value"),
    [
        ("GENAI_IMPACT_ENABLED", "false", "enabled", False),
        ("GENAI_IMPACT_METHOD", "native-1", "method", "native-1"),
        ("GENAI_IMPACT_ZONE", " FRA ", "zone", "FRA"),
        ("GENAI_IMPACT_DETAIL", "FULL", "detail", "full"),
        ("GENAI_IMPACT_HISTOGRAMS", "energy, GWP", "histograms", frozenset({"energy", "gwp"})),
        ("GENAI_IMPACT_HISTOGRAMS", "none", "histograms", NO_HISTOGRAMS),
        ("GENAI_IMPACT_METRIC_ATTRIBUTES", "team, user.id,,team", "metric_attributes", ("team", "user.id")),
        ("GENAI_IMPACT_METRIC_VALUES", " 250 ", "metric_values", 250),
        ("GENAI_IMPACT_SUMMARY", "1", "summary", True),
        ("GENAI_IMPACT_TRAINING_G_PER_REQUEST", " 0.019 ", "training_g_per_request", 0.019),
        ("GENAI_IMPACT_NETWORK_KWH_PER_GB", "0", "network_kwh_per_gb", 0.0),
        ("GENAI_IMPACT_CONFIG", " own.toml ", "config", "own.toml"),
        ("GENAI_IMPACT_STRICT", "Yes", "strict", True),
        ("GENAI_IMPACT_COUNT_UNSAMPLED", "off", "count_unsampled", False),
        ("GENAI_IMPACT_COUNT_SERVER_SPANS", "on", "count_server_spans", True),
        ("GENAI_IMPACT_ACROSS_PROCESSES", "true", "across_processes", True),
    ],
)
def test_every_setting_has_an_environment_variable(variable: str, text: str, setting: str, value: object) -> None:
    """`GENAI_IMPACT_` and the setting's name in upper case; spaces and case do not matter where they mean nothing."""
    assert Settings.load({}, {variable: text})._asdict() == DEFAULTS | {setting: value}


@pytest.mark.parametrize("value", ["a lot", "-1", "nan", "inf", True, [1]])
def test_an_amount_is_a_number_that_is_not_negative(caplog: pytest.LogCaptureFixture, value: object) -> None:
    """Anything else is one line, and not set."""
    assert Settings.load({"training_g_per_request": value}, {}).training_g_per_request is None
    assert len(caplog.messages) == 1
    assert caplog.messages[0].endswith("cannot be used, and is ignored; allowed is a number, at least 0")


@pytest.mark.parametrize("text", ["0", "no", "off", "False", " FALSE "])
def test_a_flag_can_be_switched_off_in_several_ways(text: str) -> None:
    """The usual spellings of false."""
    assert Settings.load({}, {"GENAI_IMPACT_ENABLED": text}).enabled is False


@pytest.mark.parametrize(
    ("keywords", "setting", "value"),
    [
        ({"summary": True}, "summary", True),
        ({"summary": 1}, "summary", True),
        ({"histograms": ["energy", "gwp"]}, "histograms", frozenset({"energy", "gwp"})),
        ({"histograms": ()}, "histograms", NO_HISTOGRAMS),
        ({"metric_attributes": ("team", "team")}, "metric_attributes", ("team",)),
        ({"zone": None}, "zone", None),
    ],
)
def test_keywords_take_the_types_of_python(keywords: dict[str, object], setting: str, value: object) -> None:
    """A list where the variable has commas, a bool where it has a word; None is not given."""
    assert Settings.load(keywords, {})._asdict() == DEFAULTS | {setting: value}


def test_a_keyword_overrides_the_environment_and_that_the_file() -> None:
    """Each source alone, then the stronger one of two."""
    environ = {"GENAI_IMPACT_ZONE": "SWE"}
    assert Settings.load(_declared(zone="FRA"), {}).zone == "FRA"
    assert Settings.load(_declared(zone="FRA"), environ).zone == "SWE"
    assert Settings.load({"zone": "USA"}, environ).zone == "USA"


def test_a_misspelt_variable_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """A variable with our prefix that is no setting does not go unnoticed."""
    assert Settings.load({}, {"GENAI_IMPACT_ZONES": "FRA"}) == Settings()
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("there is no setting 'GENAI_IMPACT_ZONES'; the settings are enabled, ")


def test_an_empty_variable_counts_as_unset() -> None:
    """As OpenTelemetry's own variables do."""
    assert Settings.load({}, {"GENAI_IMPACT_DETAIL": "", "GENAI_IMPACT_SUMMARY": "  "})._asdict() == DEFAULTS


@pytest.mark.parametrize(
    ("variable", "text", "allowed"),
    [
        ("GENAI_IMPACT_ENABLED", "perhaps", "true or false"),
        ("GENAI_IMPACT_DETAIL", "all", "minimal, standard or full"),
        ("GENAI_IMPACT_HISTOGRAMS", "energy,water", "energy, gwp, both with a comma, or none"),
        ("GENAI_IMPACT_HISTOGRAMS", "none,gwp", "energy, gwp, both with a comma, or none"),
        ("GENAI_IMPACT_METRIC_ATTRIBUTES", "team, ,user", "names of attributes, separated by commas"),
        ("GENAI_IMPACT_SUMMARY", "2", "true or false"),
    ],
)
def test_a_value_that_cannot_be_used_is_one_line(
    variable: str, text: str, allowed: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It names the variable, the value and what is allowed; the default holds."""
    with caplog.at_level(logging.WARNING):
        settings = Settings.load({}, {variable: text})
    assert settings._asdict() == DEFAULTS
    expected = f"{variable}: {text!r} cannot be used, and is ignored; allowed is {allowed}"
    assert [expected] == caplog.messages


@pytest.mark.parametrize("value", ["", "  ", 7, ["FRA"], {"code": "FRA"}])
def test_a_keyword_that_cannot_be_used_gives_way_to_the_environment(
    value: object, caplog: pytest.LogCaptureFixture
) -> None:
    """One line names the keyword, and the next source in order holds."""
    with caplog.at_level(logging.WARNING):
        settings = Settings.load({"zone": value}, {"GENAI_IMPACT_ZONE": "SWE"})
    assert settings.zone == "SWE"
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith(f"keyword zone: {value!r} cannot be used")


def test_a_bad_value_of_the_file_is_said_to_be_the_files(caplog: pytest.LogCaptureFixture) -> None:
    """A user must know where to look."""
    with caplog.at_level(logging.WARNING):
        settings = Settings.load(_declared(detail="all"), {})
    assert settings.detail == "standard"
    assert caplog.messages[0].startswith("declarative configuration, detail: 'all' cannot be used")


@pytest.mark.parametrize("source", ["keyword", "file"])
def test_a_setting_that_does_not_exist_is_one_line_with_those_that_do(
    source: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A misspelt name is never silently nothing."""
    with caplog.at_level(logging.WARNING):
        if source == "keyword":
            Settings.load({"zones": "FRA"}, {})
        else:
            _declared(zones="FRA")
    expected = f"there is no setting 'zones'; the settings are {', '.join(DEFAULTS)}"
    assert [expected] == caplog.messages


def test_a_long_value_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Of a value at most 200 characters are shown."""
    with caplog.at_level(logging.WARNING):
        Settings.load({}, {"GENAI_IMPACT_DETAIL": "x" * 100_000})
    assert len(caplog.messages[0]) < 400


def test_declarative_configuration_marks_what_was_declared() -> None:
    """What the file does not have stays None, and so is not given to the instrumentor."""
    assert _declared(zone="FRA", summary=False) == {"zone": Declared("FRA"), "summary": Declared(False)}


def test_a_setting_is_given_with_the_source_that_holds() -> None:
    """The strongest that has a usable value; what is given nowhere is left out."""
    environ = {"GENAI_IMPACT_ZONE": "DEU", "GENAI_IMPACT_DETAIL": "full", "GENAI_IMPACT_STRICT": ""}
    assert {
        "zone": ("FRA", "keyword zone"),
        "detail": ("full", "GENAI_IMPACT_DETAIL"),
    } == given({"zone": "FRA", "detail": "loud"}, environ)
