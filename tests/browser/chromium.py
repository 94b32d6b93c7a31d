"""The browser of the tests: where it is, how it starts, and what its pages complain about."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, Request

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 60_000
"""How long a page may take for anything: a busy machine is no defect of the page."""

# Only the last such switch counts: after Playwright's own list two pages of the address bar that
# Chromium loads with every window, and a process it holds ready; half a second of CPU a window.
_WITHOUT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",
)
_SWITCHES = (
    f"--disable-features={','.join(_WITHOUT)}",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--window-size=1440,900",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """An installed Chromium, ``CANDLECAST_CHROMIUM`` first; None: Playwright's own."""
    chosen = os.environ.get("CANDLECAST_CHROMIUM")
    return chosen or next(filter(None, map(shutil.which, _NAMES)), None)


def launch(playwright: Playwright, device_pixels: float = 1.0) -> Browser:
    """A headless Chromium whose screen has ``device_pixels`` per CSS pixel, as real screens do.

    Playwright's own ``device_scale_factor`` scales after layout, which no real screen does.
    """
    return playwright.chromium.launch(
        executable_path=chromium_path(),
        args=[*_SWITCHES, f"--force-device-scale-factor={device_pixels:g}"],
    )


SERVER_GONE = r"WebSocket|ERR_|[Cc]allback|Failed to fetch|request failed|status of 5\d\d"
"""What Chromium, Dash and the page write while the server goes away, is gone, and comes back."""

_GIVEN_UP = "failed: WebSocket is closed before the connection is established."
"""Of a socket that a navigation gave up, or the page itself since a busy server let it wait."""


@dataclass
class Problems:
    """Console errors and warnings, uncaught errors and failed requests of a test's pages."""

    found: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Collect from ``page`` from now on."""
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("requestfailed", self._request_failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            place = message.location.get("url", "")
            if message.text.endswith(_GIVEN_UP):
                return
            self.found.append(f"console {message.type}: {message.text} ({place})")

    def _page_error(self, error: Error) -> None:
        self.found.append(f"page error: {error}")

    def _request_failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a navigation gave it up
            self.found.append(f"request failed: {request.url}: {request.failure}")

    def allow(self, pattern: str) -> None:
        """Expect problems matching ``pattern``, as where a test cuts the connection."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """Everything found that was not announced by :meth:`allow`."""
        return [
            text
            for text in self.found
            if not any(re.search(pattern, text) for pattern in self.allowed)
        ]


@contextmanager
def open_page(
    browser: Browser, problems: Problems, viewport: dict[str, int] | None = None
) -> Iterator[Page]:
    """A page in a fresh context; ``viewport`` None takes the window, with its device pixels."""
    options = {"no_viewport": True} if viewport is None else {"viewport": viewport}
    context = browser.new_context(color_scheme="dark", **options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    problems.watch(page)
    try:
        yield page
    finally:
        context.close()


def counter(page: Page, name: str) -> float:
    """A counter of ``window.candlecast``."""
    value = page.evaluate(f"window.candlecast.{name}")
    assert isinstance(value, int | float)
    return value


def wait_for_counter(page: Page, name: str, least: float, timeout_ms: float = PATIENCE_MS) -> None:
    """Wait until the counter has reached ``least``."""
    page.wait_for_function(
        f"() => window.candlecast && window.candlecast.{name} >= {least}", timeout=timeout_ms
    )
