"""Chromium, a page that tolerates no console problem, the stand, and the real program."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.chromium import PATIENCE_MS, WIDE, Problems, launch, open_page
from tests.browser.program import Program
from tests.browser.stand import Stand

expect.set_options(timeout=PATIENCE_MS)


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


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program with the simulated market, shared by the tests that leave it as it is."""
    running = Program(tmp_path_factory.mktemp("program") / "output.log")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Programs of one test, with options of its own."""
    started: list[Program] = []

    def make(*arguments: str, **environment: str) -> Program:
        running = Program(tmp_path / f"{len(started)}.log", *arguments, **environment)
        started.append(running)
        running.start()
        return running

    yield make
    for running in started:
        running.stop()
