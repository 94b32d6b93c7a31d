"""Candlecast: the composition root.

Settings → renderer → market → feed → services → Dash on FastAPI; ``--help`` lists the options.
"""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import dash

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import RendererChoice, choose
from components import shell
from components.document import DASH_OPTIONS
from components.feed_pill import pill_source
from data_feed.errors import FeedError
from data_feed.feed import Feed
from data_feed.open_feed import DEFAULT_SYMBOLS, FeedRequest, open_feed
from data_feed.replay import symbols_in
from market.market import Market
from market.types import Symbol, quote_currency
from server.errors import SettingsError
from server.services import Services, install
from server.settings import Settings, parse_settings
from server.warm_up import warm_up
from server.web import CandlecastServer, build_server, serve
from trading.paper import PaperEngine, PaperRules

HERE = Path(__file__).resolve().parent
BAD_OPTIONS = 2
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_log = logging.getLogger("candlecast")


def symbols_for(settings: Settings) -> tuple[Symbol, ...]:
    """The symbols named, else those of the recording, else the venue's usual ones."""
    if settings.symbols:
        return settings.symbols
    kind, _, path = settings.feed.partition(":")
    return symbols_in(Path(path)) if kind == "replay" else DEFAULT_SYMBOLS[settings.venue]


def make_services(settings: Settings, choice: RendererChoice) -> tuple[Services, Feed]:
    """Everything that pages and routes may ask for, wired and not yet running, and its feed."""
    market = Market(symbols_for(settings))
    request = FeedRequest(
        settings.feed, settings.venue, market.symbols, settings.seed, settings.speed
    )
    feed = open_feed(request, market)
    rules = PaperRules(currency=quote_currency(market.symbols[0]))
    services = Services(settings, market, feed, choice, PaperEngine(rules))
    install(services)
    return services, feed


def make_server(services: Services) -> CandlecastServer:
    """The server with Dash and its pages mounted."""
    server = build_server(services)
    app = dash.Dash(
        "app",
        server=server,  # type: ignore[arg-type] # Dash types it for Flask only
        backend="fastapi",
        assets_folder=str(HERE / "assets"),
        pages_folder=str(HERE / "pages"),
        **DASH_OPTIONS,
    )
    app.layout = lambda: shell.layout(dash.page_container, shell_facts(services))
    return server


def shell_facts(services: Services) -> shell.ShellFacts:
    """What the shell shows before the first status message arrives."""
    status = services.status()
    return shell.ShellFacts(
        symbols=services.symbols(),
        label=status.label,
        source=pill_source(status.label, status.venue, status.detail),
        mode=status.mode,
        tier=status.tier,
        may_sign_out=services.settings.password is not None,
    )


def main(arguments: Sequence[str]) -> int:
    """Run until told to stop; returns the exit code."""
    try:
        settings = parse_settings(arguments)
        logging.basicConfig(level=settings.log_level.upper(), format=LOG_FORMAT)
        logging.getLogger("websockets").setLevel(logging.WARNING)
        choice = choose(settings.renderer)
        for reason in choice.reasons:
            _log.info("renderer %s", reason)
        services, feed = make_services(settings, choice)
        server = make_server(services)
        _log.info("compiling what is not in the cache yet")
        warm_up(choice)
        if not settings.warm_up:
            run(feed, services, server)
    except (SettingsError, FeedError, RendererUnavailable) as error:
        print(f"candlecast: {error}", file=sys.stderr)  # noqa: T201 - the user's answer
        return BAD_OPTIONS
    return 0


def run(feed: Feed, services: Services, server: CandlecastServer) -> None:
    """Feed and serve; both stop together."""
    feed.start()
    try:
        serve(server, services.settings.host, services.settings.port)
    finally:
        feed.stop()
        services.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
