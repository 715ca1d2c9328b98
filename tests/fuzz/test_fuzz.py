"""The whole corpus, and some seconds of changes to it; `make fuzz` goes on for as long as it is told to."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otel_genai_impact.inventory import catalog
from otel_genai_impact.telemetry import recording
from tests.fuzz import targets
from tests.fuzz.__main__ import Fuzzed, fuzzed
from tests.fuzz.changes import any_input
from tests.fuzz.targets import TARGETS, inputs, span_input

CORPUS = [(target, name) for target in TARGETS for name in inputs(target)]


@pytest.mark.parametrize(("target", "name"), CORPUS, ids=[f"{target}-{name}" for target, name in CORPUS])
def test_the_corpus_keeps_the_promises(target: str, name: str) -> None:
    """Every input that is kept: those that once broke a promise, too."""
    TARGETS[target](inputs(target)[name])


@pytest.mark.parametrize("target", TARGETS)
def test_changes_to_the_corpus_keep_the_promises(target: str) -> None:
    """Pieces lost, put in and taken from other inputs: the same ones in each run of CI, others at a desk."""

    @settings(
        max_examples=150,
        deadline=None,
        database=None,
        derandomize="CI" in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data())
    def keeps_the_promises(data: st.DataObject) -> None:
        TARGETS[target](data.draw(any_input(target)))

    keeps_the_promises()


def test_a_folder_of_the_corpus_is_a_target() -> None:
    """Nothing is kept that nothing reads."""
    assert sorted(TARGETS) == sorted(path.name for path in targets.CORPUS.iterdir())


def test_an_input_reads_as_the_span_that_it_says() -> None:
    """Two lines of names, then attributes: JSON where a value is, else a text."""
    expected = ("chat", "app", {"a": 1, "b": "two", "c": [True, 0.5], "d": "", "e": '{"x": 1}'})
    assert expected == span_input(b'chat\napp\na=1\nb=two\nno attribute\nc=[true, 0.5]\nd=\ne={"x": 1}')


@pytest.mark.parametrize(
    ("target", "name", "module", "function"),
    [
        ("spans", "openinference.txt", targets, "read"),
        ("spans", "openinference.txt", recording, "read"),
        ("names", "plain.txt", catalog.Catalog, "identify"),
        ("config", "own-data.toml", catalog.Catalog, "of_setting"),
        ("traces", "one.jsonl", targets, "read_files"),
    ],
)
def test_a_target_sees_an_error_of_ours(
    target: str, name: str, module: object, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error where none may be is not lost on the way to the fuzzer."""

    def fails(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, function, fails)
    with pytest.raises(ZeroDivisionError):
        TARGETS[target](inputs(target)[name])


def test_what_the_fuzzer_says_is_read() -> None:
    """Runs, edges and inputs; the input that broke a promise; and a fuzzer that did not run is no success."""
    status = "#9\tINITED cov: 1 ft: 2 corp: 3/4b\n#99\tREDUCE cov: 474 ft: 900 corp: 63/9Kb lim: 99\n"
    assert Fuzzed(2066, 474, 63, None) == fuzzed(status + "Done 2066 runs in 9 second(s)\n", 0)
    broken = fuzzed(status + "KeyError\nTest unit written to .cache/fuzz/names-crash-1\n", 77)
    assert Fuzzed(0, 474, 63, ".cache/fuzz/names-crash-1") == broken
    assert fuzzed("No module named atheris\n", 1).broke is not None
    assert fuzzed("", 0).broke is not None
