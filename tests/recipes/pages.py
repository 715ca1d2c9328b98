"""The recipes in docs/recipes: the files and commands that a page shows are what the tests run."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

FOLDER: Final = Path(__file__).parents[2] / "docs" / "recipes"
BIN_VARIABLE: Final = "RECIPE_BIN"
_BLOCK: Final = re.compile(r"<!-- (install|(?:file|run): [^>]+) -->\n+```\w*\n(.*?)```", re.DOTALL)
_PATIENCE_S: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a page tells its reader to do.

    Attributes:
        install: the command that installs what it needs.
        files: the files that it shows, by name.
        scripts: the commands that it shows, by name.
    """

    install: str
    files: Mapping[str, str]
    scripts: Mapping[str, str]

    def here(self, script: str, replacing: Mapping[str, str]) -> tuple[dict[str, str], str]:
        """The files and a script, with the addresses of this machine instead of the page's.

        Raises:
            KeyError: the page has no such script.
            ValueError: neither says what is to be replaced, so the reader is told something else.
        """
        texts = {**self.files, "": self.scripts[script]}
        for shown, instead in replacing.items():
            if not any(shown in text for text in texts.values()):
                raise ValueError(f"neither the script {script!r} nor a file says {shown!r}")
            texts = {name: text.replace(shown, instead) for name, text in texts.items()}
        command = texts.pop("")
        return texts, command


def recipe(name: str) -> Recipe:
    """What a page says."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    blocks: dict[str, str] = dict(_BLOCK.findall(text))
    return Recipe(
        install=blocks["install"].strip(),
        files={marker.removeprefix("file: "): block for marker, block in blocks.items() if marker.startswith("file: ")},
        scripts={marker.removeprefix("run: "): block for marker, block in blocks.items() if marker.startswith("run: ")},
    )


def names() -> list[str]:
    """All pages that show something to run."""
    return sorted(page.stem for page in FOLDER.glob("*.md") if "<!-- install -->" in page.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a script printed."""

    stdout: str
    stderr: str


def run(name: str, script: str, folder: Path, environment: Mapping[str, str], replacing: Mapping[str, str]) -> Said:
    """Do what the page says, to the end of the script.

    Raises:
        AssertionError: it failed.
    """
    with _started(name, script, folder, environment, replacing) as process:
        stdout, stderr = process.communicate(timeout=_PATIENCE_S)
    assert 0 == process.returncode, f"exit code {process.returncode}\n{stdout}\n{stderr}"
    return Said(stdout=stdout, stderr=stderr)


@contextmanager
def serving(
    name: str, script: str, folder: Path, environment: Mapping[str, str], replacing: Mapping[str, str]
) -> Generator[subprocess.Popen[str]]:
    """Do what the page says while the block runs, and then stop it as an orchestrator does, with SIGTERM."""
    with _started(name, script, folder, environment, replacing) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.communicate(timeout=_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _started(
    name: str, script: str, folder: Path, environment: Mapping[str, str], replacing: Mapping[str, str]
) -> subprocess.Popen[str]:
    files, command = recipe(name).here(script, replacing)
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    # The last command takes the place of the shell, so that a signal to the one reaches the other.
    *before, last = command.strip().splitlines()
    return subprocess.Popen(
        ["bash", "-e", "-c", "\n".join([*before, f"exec {last}"])],
        cwd=folder,
        env={
            "PATH": f"{os.environ[BIN_VARIABLE]}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(folder),
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
