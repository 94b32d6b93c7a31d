"""A Dash instance for pages to register with, and fixed services behind them."""

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import cast

import dash
import pytest

from server import services
from tests.pages.fake_services import FakeServices


@pytest.fixture(scope="session")
def dash_app() -> dash.Dash:
    """Pages may only be imported after a Dash instance exists."""
    return dash.Dash("tests", use_pages=True, pages_folder="")


@pytest.fixture
def fake() -> Iterator[FakeServices]:
    """Installed for one test; what was installed before comes back."""
    before = services._Installed.services
    made = FakeServices()
    services.install(cast(services.Services, made))
    yield made
    services._Installed.services = before


@pytest.fixture
def dashboard(dash_app: dash.Dash, fake: FakeServices) -> ModuleType:
    return importlib.import_module("pages.dashboard")


@pytest.fixture
def backtesting(dash_app: dash.Dash, fake: FakeServices) -> ModuleType:
    return importlib.import_module("pages.backtesting")


@pytest.fixture
def paper(dash_app: dash.Dash, fake: FakeServices) -> ModuleType:
    return importlib.import_module("pages.paper")
