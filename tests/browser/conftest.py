"""Chromium, a page that tolerates no console problem, the stand, and the real program."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.chromium import WIDE, Problems, launch, open_page
from tests.browser.stand import Stand


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests at one device pixel per CSS pixel."""
    chromium = launch(playwright)
    yield chromium
    chromium.close()


@pytest.fixture
def problems() -> Iterator[Problems]:
    """What the test's pages complain about; anything not allowed fails the test at its end."""
    collected = Problems()
    yield collected
    assert collected.unexpected() == []


@pytest.fixture
def page(browser: Browser, problems: Problems) -> Iterator[Page]:
    """A desktop page."""
    with open_page(browser, problems, WIDE) as opened:
        yield opened


@pytest.fixture
def stand() -> Iterator[Stand]:
    """A stand with one chart of 400 by 300 CSS pixels."""
    served = Stand()
    served.start()
    yield served
    served.stop()


@pytest.fixture
def stand_with() -> Iterator[Callable[..., Stand]]:
    """Stands with other charts; stopped after the test."""
    started: list[Stand] = []

    def make(*charts: tuple[str, str]) -> Stand:
        served = Stand(charts)
        served.start()
        started.append(served)
        return served

    yield make
    for served in started:
        served.stop()
