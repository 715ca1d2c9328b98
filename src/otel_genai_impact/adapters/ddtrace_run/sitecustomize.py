# ruff: noqa: INP001 - Python finds this file by its name, in a folder on its path
"""Imported by Python when it starts, where this folder is on `PYTHONPATH`: our filter for `ddtrace-run`, without code.

ddtrace loads no plugins of others, but imports the `sitecustomize` that is there beside its own. So does this one.
"""

import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

if "ddtrace" in sys.modules:
    with suppress(ImportError):  # an interpreter of another environment, started by ours
        from otel_genai_impact.adapters.ddtrace import install

        install()

_here = str(Path(__file__).parent)
_path = list(sys.path)
_this = sys.modules.pop("sitecustomize", None)
sys.path[:] = [entry for entry in sys.path if entry != _here]
try:
    import_module("sitecustomize")  # the application's own
except ModuleNotFoundError:
    if _this is not None:
        sys.modules["sitecustomize"] = _this
finally:
    sys.path[:] = _path
