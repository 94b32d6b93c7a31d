"""Candlecast: the composition root.

Settings → renderer → market → feed → services → Dash on FastAPI; ``--help`` lists the options.
"""

import logging
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import dash

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import RendererChoice, choose
from components import shell
from components.document import dash_options
from components.feed_pill import pill_source
from data_feed.errors import FeedError
from data_feed.feed import Feed
from data_feed.open_feed import open_feed
from market.market import Market
from paper_trading.service import PaperTrading
from server.bundle import offer_bundles
from server.errors import SettingsError
from server.outliving import Outliving, feed_request, symbols_for
from server.services import Services, install
from server.settings import Settings, parse_settings
from server.warm_up import warm_up
from server.web import CandlecastServer, build_server, listen, serve
from storage.errors import StorageError
from storage.journal.opening import open_journal

HERE = Path(__file__).resolve().parent
BAD_OPTIONS = 2
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_log = logging.getLogger("candlecast")


def make_services(settings: Settings, choice: RendererChoice) -> tuple[Services, Feed]:
    """Everything that pages and routes may ask for, wired and not yet running, and its feed."""
    market = Market(symbols_for(settings))
    feed = open_feed(feed_request(settings, market.symbols), market)
    address = settings.database_url.get_secret_value() if settings.database_url else None
    paper = PaperTrading(feed, market, open_journal(address, settings.store))
    services = Services(settings, market, feed, choice, paper)
    install(services)
    return services, feed


def make_server(services: Services) -> CandlecastServer:
    """The server with Dash and its pages mounted."""
    server = build_server(services)
    app = dash.Dash(
        "app",
        server=server,  # type: ignore[arg-type] # Dash types it for Flask only
        backend="fastapi",
        **dash_options(HERE, *offer_bundles(server, HERE / "assets")),
    )
    app.layout = lambda: shell.layout(dash.page_container, shell_facts(services))
    return server


def shell_facts(services: Services) -> shell.ShellFacts:
    """What the shell shows before the first status message arrives."""
    now = services.status()
    source = pill_source(now.label, now.venue, now.detail, now.recorded_ms)
    pace = now.pace if now.label == "REPLAY" else ""
    locked = services.settings.password is not None
    return shell.ShellFacts(services.symbols(), now.label, source, now.mode, now.tier, locked, pace)


def main(arguments: Sequence[str]) -> int:
    """Run until told to stop; returns the exit code."""
    try:
        settings = parse_settings(arguments)
        logging.basicConfig(level=settings.log_level.upper(), format=LOG_FORMAT)
        for quiet in ("websockets", "alembic"):
            logging.getLogger(quiet).setLevel(logging.WARNING)
        if settings.warm_up:  # nothing is kept, and a program at work keeps its store
            prepare(settings.model_copy(update={"store": None, "database_url": None}))
        else:  # the port first: one that is taken is told before anything is compiled
            with listen(settings.host, settings.port) as listener:
                run(settings, listener)
    except (SettingsError, FeedError, RendererUnavailable, StorageError) as error:
        print(f"candlecast: {error}", file=sys.stderr)  # noqa: T201 - the user's answer
        return BAD_OPTIONS
    return 0


def prepare(settings: Settings) -> tuple[Feed, Services, CandlecastServer]:
    """Everything wired and compiled, nothing running yet."""
    _log.info("getting the kernels ready; the first start compiles them, for about a minute")
    choice = choose(settings.renderer)
    _log.info("renderer %s", "; ".join(choice.reasons))
    services, feed = make_services(settings, choice)
    warm_up(choice, services.paper, wait=settings.warm_up)
    return feed, services, make_server(services)


def run(settings: Settings, listener: socket.socket) -> None:
    """Feed and serve; both stop together."""
    feed, services, server = prepare(settings)
    outliving = Outliving(settings, services.market, feed)
    outliving.start()
    services.automations.start()
    services.paper.start()
    feed.start()
    try:
        serve(server, listener)
    finally:
        feed.stop()
        outliving.stop()
        services.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
