"""The fit and its validation are computed once for all tests here: seconds."""

from __future__ import annotations

import pytest

from science import constants, text_tables


@pytest.fixture(scope="session")
def fitted() -> constants.Constants:
    return constants.compute()


@pytest.fixture(scope="session")
def validation() -> text_tables.Validation:
    return text_tables.validate()
