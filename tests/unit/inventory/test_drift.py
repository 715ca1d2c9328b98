"""The report of what the installed reference and price list have that we have not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools import inventory_drift

if TYPE_CHECKING:
    import pytest


def test_the_installed_reference_has_nothing_that_we_have_not(capsys: pytest.CaptureFixture[str]) -> None:
    """And of the makers' own services in the price list all models of text are known."""
    assert 0 == inventory_drift.main()
    assert "ecologits 0.11.3: 0 models unknown here, 0 zones with other figures\n" in capsys.readouterr().out
    unknown = {provider for provider, _ in inventory_drift.unknown_names_of_the_price_list()}
    assert set() == unknown & {"anthropic", "cohere", "deepseek", "cerebras"}


def test_what_is_not_there_is_reported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Names, and an exit code that a script can see."""
    monkeypatch.setattr(inventory_drift, "unknown_models_of_the_reference", lambda: ["acme/new-1"])
    monkeypatch.setattr(
        inventory_drift, "unknown_names_of_the_price_list", lambda: [("acme", f"m-{n}") for n in range(12)]
    )
    assert 1 == inventory_drift.main()
    shown = capsys.readouterr().out
    assert "1 models unknown here" in shown
    assert "  acme/new-1\n" in shown
    assert "12 names lead to no model here" in shown
    assert "m-9 and 2 more\n" in shown
