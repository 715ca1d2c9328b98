"""The tests of each SDK with its oldest and newest release, and of each recipe, each in an environment of its own.

`make test-sdks` runs all of them side by side; `nox -s 'sdks(groq-oldest)'` runs one. Which there are says
constraints/sdks.toml: nothing is listed here. `make test-recipes` does the same with the pages of docs/recipes.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|venv"
nox.options.reuse_venv = "yes"

# As pip does it: a company's own certificates are those of the system.
os.environ.setdefault("UV_SYSTEM_CERTS", "true")

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
TOOLS = nox.project.dependency_groups(PROJECT, "test-one-sdk")
SDKS = tomllib.loads((ROOT / "constraints" / "sdks.toml").read_text(encoding="utf-8"))
RESULTS = ROOT / ".cache" / "sdks"
PAGES = ROOT / "docs" / "recipes"
INSTALL = re.compile(r"<!-- install -->\n+```sh\npip install (.*)\n```")
RECIPES = {
    page.stem: found[1] for page in sorted(PAGES.glob("*.md")) if (found := INSTALL.search(page.read_text("utf-8")))
}
# What stands for a vendor's own server, where it cannot be in one environment with us.
SERVERS = {"datadog": "ddapm-test-agent"}
RELEASES = ("oldest", "newest")
PYTEST = ("python", "-m", "pytest", "-q", "-p", "tests.kit.sdk_result")


@nox.session
@nox.parametrize(
    ("sdk", "release"), [nox.param(sdk, release, id=f"{sdk}-{release}") for sdk in SDKS for release in RELEASES]
)
def sdks(session: nox.Session, sdk: str, release: str) -> None:
    """Run what is tested of one SDK, and write down with which versions, and how it went."""
    result = RESULTS / f"{sdk}-{release}.json"
    result.parent.mkdir(parents=True, exist_ok=True)
    result.unlink(missing_ok=True)
    wanted = SDKS[sdk][release]
    session.install("-c", str(_pins(session)), *TOOLS, "-e", f"{ROOT}[distro]", *wanted)
    # An SDK that another instrumentation covers has tests of its own; ours are found by the name, and may have more, of
    # what the newest release has.
    of_its_own = f"tests/integration/test_{sdk.replace('-', '_')}.py"
    more = [of_its_own] if release == "newest" and (ROOT / of_its_own).exists() else []
    tests = SDKS[sdk].get("tests", ["tests/integration/test_instrumentations.py", *more])
    environment = {} if "tests" in SDKS[sdk] else {"TEST_SDK": sdk}
    distribution = _name(wanted[0])
    session.run(
        *PYTEST,
        "--sdk-result",
        str(result),
        "--sdk-distribution",
        distribution,
        *tests,
        *session.posargs,
        env=environment,
    )


@nox.session
@nox.parametrize("recipe", [nox.param(recipe, id=recipe) for recipe in RECIPES])
def recipes(session: nox.Session, recipe: str) -> None:
    """Install what a page of docs/recipes says, and nothing else; the tests run outside, and its files and commands inside."""
    pins = ("-c", str(ROOT / "constraints" / "recipes.txt"))
    ours, *others = shlex.split(RECIPES[recipe])
    # Not editable: what is packed is tested, too, and a folder on `PYTHONPATH` has it.
    fresh = ("--reinstall-package", "otel-genai-impact")
    session.install(*pins, *fresh, ours.replace("otel-genai-impact", str(ROOT)), *others)
    environment = {"RECIPE_BIN": session.bin}
    if recipe in SERVERS:
        folder = Path(session.create_tmp()) / "server"
        python, to = folder / "bin" / "python", ("--python", str(folder / "bin" / "python"))
        session.run_install(
            sys.executable, "-m", "uv", "venv", "--quiet", "--allow-existing", str(folder), external=True
        )
        session.run_install(
            sys.executable, "-m", "uv", "pip", "install", "--quiet", *to, *pins, SERVERS[recipe], external=True
        )
        environment[SERVERS[recipe].replace("-", "_").upper()] = str(python.with_name(SERVERS[recipe]))
    test = f"tests/recipes/test_{recipe.replace('-', '_')}.py"
    session.run(sys.executable, "-m", "pytest", "-q", test, *session.posargs, external=True, env=environment)


def _pins(session: nox.Session) -> Path:
    """The versions of OpenTelemetry and of what runs the tests; what the SDK brings is its own choice."""
    names = {_name(requirement) for requirement in [*TOOLS, *PROJECT["project"]["dependencies"]]}
    lines = (ROOT / "constraints" / "newest.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line.startswith("opentelemetry-") or _name(line) in names]
    file = Path(session.create_tmp()) / "pins.txt"
    file.write_text("\n".join(pinned), encoding="utf-8")
    return file


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
