"""The tests of each SDK with its oldest and newest release, of each stack and recipe, each in an environment of its own.

`make test-sdks` and `make test-stacks` run all of them side by side; `nox -s 'sdks(groq-oldest)'` or
`nox -s 'stacks(official-openai)'` runs one. Which there are says constraints/sdks.toml and constraints/stacks.toml:
nothing is listed here. `make test-recipes` does the same with the pages of docs/recipes.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import nox

if TYPE_CHECKING:
    from collections.abc import Iterable

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|venv"
nox.options.reuse_venv = "yes"

# As pip does it: a company's own certificates are those of the system.
os.environ.setdefault("UV_SYSTEM_CERTS", "true")

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
TOOLS = nox.project.dependency_groups(PROJECT, "test-one-sdk")
STACK_TOOLS = nox.project.dependency_groups(PROJECT, "test-one-stack")
SDKS = tomllib.loads((ROOT / "constraints" / "sdks.toml").read_text(encoding="utf-8"))
STACKS = tomllib.loads((ROOT / "constraints" / "stacks.toml").read_text(encoding="utf-8"))
RESULTS = ROOT / ".cache"
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
    wanted = SDKS[sdk][release]
    # An SDK that another instrumentation covers has tests of its own; ours are found by the name, and may have more, of
    # what the newest release has.
    of_its_own = f"tests/integration/test_{sdk.replace('-', '_')}.py"
    more = [of_its_own] if release == "newest" and (ROOT / of_its_own).exists() else []
    tests = SDKS[sdk].get("tests", ["tests/integration/test_instrumentations.py", *more])
    environment = {} if "tests" in SDKS[sdk] else {"TEST_SDK": sdk}
    session.install("-c", str(_pins(session, TOOLS)), *TOOLS, "-e", f"{ROOT}[distro]", *wanted)
    _test(session, RESULTS / "sdks" / f"{sdk}-{release}.json", wanted[:1], tests, environment)


@nox.session
@nox.parametrize("stack", [nox.param(stack, id=stack) for stack in STACKS])
def stacks(session: nox.Session, stack: str) -> None:
    """Run an application under a stack of instrumentations, and write down how often its requests were counted."""
    wanted, more = STACKS[stack]["requirements"], STACKS[stack].get("more", [])
    pins = _pins(session, STACK_TOOLS, opentelemetry=not STACKS[stack].get("own_opentelemetry", False))
    session.install("-c", str(pins), *STACK_TOOLS, "-e", f"{ROOT}[distro]", *wanted, *more)
    _test(session, RESULTS / "stacks" / f"{stack}.json", wanted, ["tests/stacks"], {"TEST_STACK": stack})


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


def _test(
    session: nox.Session, result: Path, requirements: list[str], tests: list[str], environment: dict[str, str]
) -> None:
    result.parent.mkdir(parents=True, exist_ok=True)
    result.unlink(missing_ok=True)
    distributions = [f"--sdk-distribution={_name(requirement)}" for requirement in requirements]
    session.run(*PYTEST, "--sdk-result", str(result), *distributions, *tests, *session.posargs, env=environment)


def _pins(session: nox.Session, tools: Iterable[str], *, opentelemetry: bool = True) -> Path:
    """The versions of OpenTelemetry and of what runs the tests; what the SDK brings is its own choice."""
    names = {_name(requirement) for requirement in [*tools, *PROJECT["project"]["dependencies"]]}
    lines = (ROOT / "constraints" / "newest.txt").read_text(encoding="utf-8").splitlines()
    ours = {name for name in names if not name.startswith("opentelemetry-")}
    pinned = [line for line in lines if (opentelemetry and line.startswith("opentelemetry-")) or _name(line) in ours]
    file = Path(session.create_tmp()) / "pins.txt"
    file.write_text("\n".join(pinned), encoding="utf-8")
    return file


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
