"""The methods by name: each is imported and made when it is first asked for, once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from otel_genai_impact.impacts.methods import MEDIA_METHODS, METHODS, _MadeWhenAsked


def test_each_method_is_found_by_its_own_name() -> None:
    """As it names itself in telemetry."""
    assert ["ecologits-0.11", "native-1"] == list(METHODS) == [method.name for method in METHODS.values()]
    assert ["native-1"] == list(MEDIA_METHODS) == [method.name for method in MEDIA_METHODS.values()]


def test_a_value_is_made_when_it_is_first_asked_for_and_once() -> None:
    """Naming it, counting it and looking whether it is there make nothing."""
    made: list[list[str]] = []

    def maker() -> list[str]:
        made.append([])
        return made[-1]

    values = _MadeWhenAsked({"one": maker})
    assert (["one"], 1, True, False) == (list(values), len(values), "one" in values, "two" in values)
    assert [] == made
    assert values["one"] is values["one"] is values.get("one") is made[0]
    assert [[]] == made
    assert values.get("two") is None
    with pytest.raises(KeyError, match="two"):
        values["two"]


def test_a_method_that_is_not_asked_for_is_not_imported() -> None:
    """A process that estimates by one does without the other's modules."""
    code = (
        "import sys; from otel_genai_impact.impacts.methods import METHODS; METHODS['ecologits-0.11']; "
        "print([name for name in sys.modules if 'impacts.native' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert "[]\n" == done.stdout
