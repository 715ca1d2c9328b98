"""`python -m tests.fuzz.guided TARGET OPTIONS FOLDER...`: one target under atheris, which follows what code an input reaches.

A process of its own for each: libFuzzer ends it, at the end of the time and at the first broken promise.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module


def main(arguments: list[str]) -> None:
    """Fuzz; never returns."""
    atheris = import_module("atheris")  # of the group `fuzz` alone
    with atheris.instrument_imports(include=["otel_genai_impact", "tests.fuzz.targets"]):
        targets = import_module("tests.fuzz.targets")
        _import_what_is_imported_late(targets)
        from otel_genai_impact import _contain
    _contain.reraise = True
    logging.disable()
    target, *options = arguments
    atheris.Setup([sys.argv[0], *options], targets.TARGETS[target])
    atheris.Fuzz()


def _import_what_is_imported_late(targets: object) -> None:
    """Only what is imported under the eyes of atheris is followed: the corpus makes each target import all that it needs."""
    tried, inputs = vars(targets)["TARGETS"], vars(targets)["inputs"]
    for target, function in tried.items():
        for content in inputs(target).values():
            function(content)


if __name__ == "__main__":
    main(sys.argv[1:])
