"""Faults of the files that we read."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import mock

from opentelemetry.sdk.trace import TracerProvider

from otel_genai_impact.inventory import compiled, electricity
from tests.faults.fault import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.scene import Scene


def _spoil_configuration(scene: Scene, spoil: Callable[[Path], object]) -> Iterator[None]:
    """An application with a good file starts; then the file is spoiled, and one more tracer provider reads it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "own.toml"
        path.write_text('[deployments."nobody-knows-it"]\nmodel = "openai/gpt-4o"\n', encoding="utf-8")
        scene.settings["config"] = str(path)
        yield
        spoil(path)
        another = TracerProvider(shutdown_on_exit=False)
        scene.observe(another)
        scene.processor.configure(meter_provider=scene.meters, **scene.settings)
        yield


@fault("the configuration file is cut off")
def configuration_truncated(scene: Scene) -> Iterator[None]:
    return _spoil_configuration(scene, lambda path: path.write_text('[deployments."nobody-kn', encoding="utf-8"))


@fault("the configuration file becomes something else")
def configuration_changed(scene: Scene) -> Iterator[None]:
    return _spoil_configuration(scene, lambda path: path.write_bytes(b"\xff\xfe\x00\x01" * 1000))


@fault("the configuration file is gone")
def configuration_gone(scene: Scene) -> Iterator[None]:
    return _spoil_configuration(scene, Path.unlink)


@fault("the configuration file cannot be read")
def configuration_unreadable(scene: Scene) -> Iterator[None]:
    def spoil(path: Path) -> None:  # who runs as root can read everything, but no folder
        path.unlink()
        path.mkdir()

    return _spoil_configuration(scene, spoil)


def _spoil_inventory(spoil: Callable[[Path], object]) -> Iterator[None]:
    """An application starts where something else stands in place of the inventory's file."""
    with TemporaryDirectory() as folder:
        broken = Path(folder) / "inventory.json"
        spoil(broken)
        _forget_inventory()
        with mock.patch.object(compiled, "COMPILED_FILE", broken):
            yield
            yield
    _forget_inventory()


@fault("the inventory's file is corrupt")
def inventory_corrupt(_scene: Scene) -> Iterator[None]:
    whole = compiled.COMPILED_FILE.read_bytes()
    return _spoil_inventory(lambda path: path.write_bytes(whole[:-1000]))


@fault("the inventory's file cannot be read")
def inventory_unreadable(_scene: Scene) -> Iterator[None]:
    return _spoil_inventory(Path.mkdir)  # who runs as root can read everything, but no folder


@fault("the inventory's file is gone")
def inventory_gone(_scene: Scene) -> Iterator[None]:
    return _spoil_inventory(lambda _path: None)


def _forget_inventory() -> None:
    compiled.inventory.cache_clear()
    electricity.inventory_with.cache_clear()
