"""The settings: one table drives keywords, environment variables and declarative configuration.

Precedence: keyword, then environment variable, then declarative configuration, then the default. A value that cannot be
used is one line in the log that names the setting, the value and what is allowed; the next source in order is used.
"""

import logging
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import make_dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple, get_type_hints

from otel_genai_impact._contain import log_once

ENVIRONMENT_PREFIX: Final = "GENAI_IMPACT_"
_LONGEST_SHOWN: Final = 200
DEFAULT_METHOD: Final = "ecologits-0.11"

Detail = Literal["minimal", "standard", "full"]
DEFAULT_DETAIL: Final[Detail] = "standard"

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})
_DETAILS: Final = ("minimal", "standard", "full")
_HISTOGRAMS: Final = ("energy", "gwp")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _items(value: object) -> tuple[str, ...]:
    """Comma-separated text, or a list of texts."""
    parts: list[object] = [*value] if isinstance(value, (list, tuple, set, frozenset)) else [*_name(value).split(",")]
    return tuple(dict.fromkeys(_name(part) for part in parts if part != ""))


def _count(value: object) -> int:
    number = int(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else 0
    if number < 1:
        raise ValueError
    return number


def _amount(value: object) -> float:
    number = math.nan if isinstance(value, bool) else float(str(value))
    if not 0 <= number < math.inf:
        raise ValueError
    return number


def _detail(value: object) -> Detail:
    text = _name(value).lower()
    for detail in _DETAILS:
        if text == detail:
            return detail
    raise ValueError


def _histograms(value: object) -> frozenset[str]:
    names = frozenset(item.lower() for item in _items(value))
    if names == frozenset({"none"}):
        return frozenset()
    if not names <= frozenset(_HISTOGRAMS):
        raise ValueError
    return names


class _Reads(NamedTuple):
    """How a setting is read, and what the log says is allowed where that cannot be done."""

    parse: Callable[[object], Any]
    allowed: str


_A_FLAG: Final = _Reads(_flag, "true or false")
_ITEMS: Final = _Reads(_items, "names of attributes, separated by commas")
_COUNT: Final = _Reads(_count, "a whole number, at least 1")
_AN_AMOUNT: Final = _Reads(_amount, "a number, at least 0")
_DETAIL: Final = _Reads(_detail, "minimal, standard or full")
_SOME_HISTOGRAMS: Final = _Reads(_histograms, "energy, gwp, both with a comma, or none")
_PLACES: Final = _Reads(_items, "local, or names of providers or hosts, separated by commas")
_A_METHOD: Final = _Reads(_name, "the name of a method")
_A_ZONE: Final = _Reads(_name, "an electricity zone such as FRA, USA or WOR")
_A_FILE: Final = _Reads(_name, "the path of a TOML file")
_A_FOLDER: Final = _Reads(_name, "the path of a folder")


# Annotations that are no text, and no dataclass: making the class was a sixth of the time that importing us took.
class Settings(NamedTuple):
    """What a user can decide. Each field is also the environment variable `GENAI_IMPACT_<FIELD>`.

    Attributes:
        enabled: False makes everything here inert.
        method: the method of assessment. Its names are checked where the methods are known.
        zone: electricity zone for all requests, instead of the provider's own; None for that one.
        detail: how many attributes are written on a span.
        histograms: which histograms are recorded for each request.
        metric_attributes: keys of span attributes or baggage that become metric attributes.
        metric_values: how many distinct values of each of these are kept; the others are `_OTHER`.
        summary: print a table at exit.
        training_g_per_request: share of the models' training, g CO2eq; a line apart in that table, part of no figure.
        network_kwh_per_gb: energy of the network, kWh for 1e9 bytes; a line apart likewise.
        config: a TOML file with models, deployments, data centres and electricity zones of the user's own.
        strict: model nothing; only figures that were measured or come from the provider count.
        measured: which requests run on this machine, and are measured.
        powercap: the folder of the kernel's energy counters, where it is not its usual one.
        count_unsampled: count requests whose spans the sampler drops, too.
        count_server_spans: count spans of kind SERVER too, which a client's span usually counts already.
        across_processes: tell services that are called that their callers count, and believe callers that say so.
    """

    enabled: Annotated[bool, _A_FLAG] = True
    method: Annotated[str, _A_METHOD] = DEFAULT_METHOD
    zone: Annotated[str | None, _A_ZONE] = None
    detail: Annotated[Detail, _DETAIL] = DEFAULT_DETAIL
    histograms: Annotated[frozenset[str], _SOME_HISTOGRAMS] = frozenset({"energy"})
    metric_attributes: Annotated[tuple[str, ...], _ITEMS] = ()
    metric_values: Annotated[int, _COUNT] = 100
    summary: Annotated[bool, _A_FLAG] = False
    training_g_per_request: Annotated[float | None, _AN_AMOUNT] = None
    network_kwh_per_gb: Annotated[float | None, _AN_AMOUNT] = None
    config: Annotated[str | None, _A_FILE] = None
    strict: Annotated[bool, _A_FLAG] = False
    measured: Annotated[tuple[str, ...], _PLACES] = ()
    powercap: Annotated[str | None, _A_FOLDER] = None
    count_unsampled: Annotated[bool, _A_FLAG] = True
    count_server_spans: Annotated[bool, _A_FLAG] = False
    across_processes: Annotated[bool, _A_FLAG] = False

    @classmethod
    def load(cls, keywords: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings from all sources. Never raises."""
        keywords = keywords or {}
        environ = os.environ if environ is None else environ
        known = frozenset(cls._fields)
        for name in sorted(keywords.keys() - known - {"meter_provider"}):
            _warn_of_unknown(name)
        for variable in sorted(environ):
            if (
                variable.startswith(ENVIRONMENT_PREFIX)
                and variable.removeprefix(ENVIRONMENT_PREFIX).lower() not in known
            ):
                _warn_of_unknown(variable)

        return cls(**{name: value for name, (value, _) in given(keywords, environ).items()})


def given(keywords: Mapping[str, object], environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """The settings that have a usable value, and where it was given; the others have their defaults."""
    found: dict[str, tuple[Any, str]] = {}
    for name, reads in _table().items():
        for source, raw in _sources(name, keywords, environ):
            try:
                found[name] = reads.parse(raw), source
            except ValueError:
                complain(source, raw, reads.allowed)
            else:
                break
    return found


@cache
def _table() -> dict[str, _Reads]:
    """How each setting is read, as its annotation says."""
    return {name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()}


def _sources(name: str, keywords: Mapping[str, object], environ: Mapping[str, str]) -> list[tuple[str, object]]:
    """Where a setting was given and as what, the strongest source first. An empty variable counts as unset."""
    variable = ENVIRONMENT_PREFIX + name.upper()
    keyword = keywords.get(name)
    found: list[tuple[str, object]] = []
    if keyword is not None and not isinstance(keyword, Declared):
        found.append((f"keyword {name}", keyword))
    if environ.get(variable, "").strip():
        found.append((variable, environ[variable]))
    if isinstance(keyword, Declared):
        found.append((f"declarative configuration, {name}", keyword.value))
    return found


def _warn_of_unknown(name: str) -> None:
    known = ", ".join(Settings._fields)
    log_once(logging.WARNING, f"there is no setting {name[:_LONGEST_SHOWN]!r}; the settings are {known}")


def complain(source: str, value: object, allowed: str) -> None:
    """The one line about a value that cannot be used, however many tracer providers are set up with it."""
    shown = repr(value)[:_LONGEST_SHOWN]
    log_once(logging.WARNING, f"{source}: {shown} cannot be used, and is ignored; allowed is {allowed}")


class Declared(NamedTuple):
    """A value from declarative configuration, which environment variables override."""

    value: object


def _take_options(self: Any, **options: object) -> None:
    """The constructor of the class for declarative configuration: unknown options are one line in the log each."""
    for name in Settings._fields:
        value = options.pop(name, None)
        setattr(self, name, None if value is None else Declared(value))
    for name in sorted(options):
        _warn_of_unknown(name)


@cache
def declarative_configuration() -> type[Any]:
    """The class for `instrumentation/development: python: genai_impact:` in a declarative configuration file.

    OpenTelemetry's configurator makes one of it from the file and gives each value that is not None to `instrument`.
    """
    return make_dataclass(
        "DeclarativeConfiguration",
        [(name, Any, None) for name in Settings._fields],
        init=False,
        namespace={"__init__": _take_options},
    )
