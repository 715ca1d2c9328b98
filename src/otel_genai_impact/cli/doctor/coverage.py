"""Which installed SDK is seen by whom: its instrumentations, and the spans that it makes itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, entry_points
from typing import TYPE_CHECKING, Final, Literal

from opentelemetry.instrumentation.dependencies import get_dist_dependency_conflicts

from otel_genai_impact.cli.doctor.process import INSTRUMENTORS
from otel_genai_impact.cli.doctor.sdks import COMPLEMENTS, NAMESAKES, SDKS, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.metadata import Distribution

    from otel_genai_impact.cli.doctor.process import Loaded
    from otel_genai_impact.cli.doctor.sdks import Sdk

_DISABLED: Final = "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"
_OURS: Final = "otel_genai_impact."
_WHO: Final = ("Author", "Author-email", "Home-page", "Project-URL")
_FOLLOW_THE_CONVENTIONS: Final = "opentelemetry.instrumentation."

By = Literal["ours", "official", "OpenLLMetry", "OpenInference", "third party", "the SDK itself"]
State = Literal["active", "stands back", "switched off", "refuses", "does not start"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Somebody who makes spans of an SDK's requests, or could.

    Attributes:
        name: the distribution and its version; of the SDK's own spans, `its own spans`.
        entry_point: by which it is switched off.
        state: whether its spans are counted, or why not.
        detail: more on that: the releases that it takes, or what changes whether the SDK makes spans itself.
    """

    name: str
    by: By
    state: State
    entry_point: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """An SDK that is installed, and who sees its requests."""

    sdk: Sdk
    version: str
    sources: tuple[Source, ...]

    @property
    def counting(self) -> tuple[Source, ...]:
        """Those whose spans are counted."""
        return tuple(source for source in self.sources if source.state == "active")


def coverages(loaded: Iterable[Loaded], environ: Mapping[str, str]) -> tuple[Coverage, ...]:
    """All SDKs that are installed, with what the process had loaded."""
    by_entry_point = {(one.name, one.value): one for one in loaded}
    return tuple(
        Coverage(sdk=sdk, version=version, sources=_each_once(_sources(sdk, by_entry_point, environ)))
        for sdk in SDKS
        if (version := installed_version(sdk.distribution)) is not None
    )


def _each_once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """One of a distribution: where that has several instrumentations for an SDK, the one that counts."""
    found: dict[str, Source] = {}
    for source in sources:
        if source.state == "active":
            found[source.name] = source
        else:
            found.setdefault(source.name, source)
    return tuple(found.values())


def installed_version(name: str) -> str | None:
    """The version of a distribution; None if it is not installed."""
    try:
        return distribution(name).version
    except (PackageNotFoundError, FileNotFoundError):
        return None


def switched_off(name: str, environ: Mapping[str, str]) -> bool:
    """Whether the environment switches the instrumentation of this name off."""
    names = {part.strip() for part in environ.get(_DISABLED, "").split(",")}
    return bool(names & {name, "*"})


def _sources(sdk: Sdk, loaded: Mapping[tuple[str, str], Loaded], environ: Mapping[str, str]) -> Iterator[Source]:
    found = [
        (entry_point, loaded.get((entry_point.name, entry_point.value)))
        for entry_point in sorted(entry_points(group=INSTRUMENTORS), key=lambda entry_point: entry_point.value)
    ]
    meant = [(entry_point, one) for entry_point, one in found if _means(entry_point, one, sdk)]
    active_rivals = {
        entry_point.name
        for entry_point, one in meant
        if entry_point.module.startswith(_FOLLOW_THE_CONVENTIONS) and one is not None and one.active
    }
    has_its_own = sdk.native is not None and sdk.native.is_on(environ)
    for entry_point, one in meant:
        by = _by(entry_point)
        state, detail = _state(entry_point, one, environ)
        # Ours leave the requests to others; the SDK's own spans count where they have to be asked for.
        if by == "ours" and state == "active":
            asked_for = has_its_own and sdk.native is not None and not sdk.native.default
            state = "stands back" if entry_point.name in active_rivals or asked_for else state
        yield Source(name=_called(entry_point.dist), by=by, state=state, entry_point=entry_point.name, detail=detail)
    if has_its_own and sdk.native is not None:
        yield Source(name="its own spans", by="the SDK itself", state="active", detail=sdk.native.changed)


def _means(entry_point: EntryPoint, one: Loaded | None, sdk: Sdk) -> bool:
    """Whether an instrumentation is one of this SDK: by its name, or by what it requires."""
    if entry_point.module.startswith(NAMESAKES) or entry_point.name in COMPLEMENTS:
        return False
    requires = [*(() if one is None else one.requires)]
    if entry_point.dist is not None:
        requires += [text for text in _requires(entry_point.dist) if re.search(r"extra\W+instruments\b", text)]
    named = [match[0] for text in requires if (match := re.match(r"[\w.-]+", text))]
    return any(sdk.is_named(name) for name in [entry_point.name, *named])


def _state(entry_point: EntryPoint, one: Loaded | None, environ: Mapping[str, str]) -> tuple[State, str]:
    if switched_off(entry_point.name, environ):
        return "switched off", ""
    try:
        conflict = None if entry_point.dist is None else get_dist_dependency_conflicts(entry_point.dist)
    except (ValueError, FileNotFoundError):  # what cannot be read ends the start, which says so
        return "does not start", ""
    if conflict is not None:
        wanted = [conflict.required, *(conflict.required_any or ())]
        return "refuses", ", ".join(re.sub(r"\s*;.*", "", str(text)) for text in wanted if text is not None)
    if one is not None and one.conflict is not None:
        return "refuses", one.conflict
    return ("active" if one is not None and one.active else "does not start"), ""


def _by(entry_point: EntryPoint) -> By:
    """Who made it. Two projects share the name `opentelemetry.instrumentation`, so the metadata has to say it."""
    if entry_point.module.startswith(_OURS):
        return "ours"
    if entry_point.module.startswith("openinference."):
        return "OpenInference"
    about = ""
    if entry_point.dist is not None:
        about = " ".join(text for field in _WHO for text in _said(entry_point.dist, field)).lower()
    if "traceloop" in about:
        return "OpenLLMetry"
    official = "github.com/open-telemetry/" in about and entry_point.module.startswith(_FOLLOW_THE_CONVENTIONS)
    return "official" if official else "third party"


def _called(found: Distribution | None) -> str:
    name = None if found is None else next(iter(_said(found, "Name")), None)
    return "a distribution without a name" if found is None or name is None else f"{normalised(name)} {found.version}"


def _said(found: Distribution, field: str) -> Sequence[str]:
    """What the metadata say in a field, which may be nothing."""
    # Not by its key: from Python 3.12 on that warns where there is none, and is to raise. From 3.15 on, no metadata raise.
    try:
        return found.metadata.get_all(field) or ()
    except FileNotFoundError:
        return ()


def _requires(found: Distribution) -> Sequence[str]:
    try:
        return found.requires or ()
    except FileNotFoundError:
        return ()
