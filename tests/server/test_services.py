"""Services over a market filled by hand, without a server."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from chart_acceleration.renderers.auto import choose
from data_feed.status import FeedState
from market.types import Interval, Side
from paper_trading.views import Outcome
from server.errors import OutOfRange, RequestError, ServerError
from server.services import Services, current, install
from server.views import ChartQuery
from tests.server.harness import BTC, ETH, MINUTE_NS, START_NS, HandFeed, HandMarket, make_services
from trading.paper.commands import Place

Made = tuple[Services, HandFeed, HandMarket]
DAY_NS = 24 * 60 * MINUTE_NS


@pytest.fixture
def made() -> Iterator[Made]:
    services, feed, hand = make_services()
    yield services, feed, hand
    services.close()


def test_current_is_what_was_installed(made: Made) -> None:
    install(made[0])
    assert current() is made[0]


def test_use_before_installation_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services._Installed.services", None)
    with pytest.raises(ServerError, match=r"before app\.py has installed them"):
        current()


def test_symbols_and_intervals(made: Made) -> None:
    services, _, _ = made
    assert services.symbols() == ("BTC-USD", "ETH-USD")
    assert services.intervals() == ("1s", "5s", "15s", "1m", "5m", "15m", "1h", "4h", "1d")


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (FeedState.STREAMING, "SIMULATED"),
        (FeedState.CONNECTING, "CONNECTING"),
        (FeedState.SLOW, "SLOW"),
        (FeedState.LOST, "LOST"),
        (FeedState.ENDED, "ENDED"),
    ],
)
def test_label_of_the_pill(made: Made, state: FeedState, label: str) -> None:
    services, feed, _ = made
    feed.becomes(state)
    status = services.status()
    assert status.label == label
    assert status.mode == "simulated"


def test_retry_reaches_the_feed(made: Made) -> None:
    services, feed, _ = made
    services.retry_feed()
    assert feed.retries == 1


def test_change_is_against_the_price_a_day_before(made: Made) -> None:
    services, _, hand = made
    hand.trade(ETH, START_NS, 1000.0)
    hand.trade(ETH, START_NS + MINUTE_NS, 2000.0)
    hand.trade(ETH, START_NS + DAY_NS + MINUTE_NS, 2500.0)
    last = services.last("ETH-USD")
    assert last.price == 2500.0
    assert last.change == 500.0
    assert last.change_pct == 25.0
    assert last.time_ns == START_NS + DAY_NS + MINUTE_NS


def test_price_of_history_counts_before_the_first_trade(made: Made) -> None:
    services, _, hand = made
    candles = hand.market[BTC].builder.columns(Interval.M1).snapshot()
    hand.market[ETH].builder.load_history(Interval.M1, candles)
    last = services.last("ETH-USD")
    assert last.price == 104.0
    assert last.bid is None


def test_limits_of_candles(made: Made) -> None:
    services, _, _ = made
    assert len(services.candles("BTC-USD", "1m", 5000)) == 30
    with pytest.raises(OutOfRange, match=r"^limit was 0; allowed are 1 to 5,000$"):
        services.candles("BTC-USD", "1m", 0)


@pytest.mark.parametrize(
    "query",
    [
        ChartQuery("NO-WAY"),
        ChartQuery("BTC-USD", "2m"),
        ChartQuery("BTC-USD", theme="pink"),
        ChartQuery("BTC-USD", width=15),
        ChartQuery("BTC-USD", height=4097),
        ChartQuery("BTC-USD", bars=1),
        ChartQuery("BTC-USD", scale=5.0),
    ],
)
async def test_bad_picture_query_is_refused(made: Made, query: ChartQuery) -> None:
    with pytest.raises(RequestError, match=r"was .*; (allowed|available)"):
        await made[0].picture(query)


async def test_picture_is_kept_until_the_market_moves(made: Made) -> None:
    services, _, hand = made
    query = ChartQuery("BTC-USD", width=200, height=100)
    first = await services.picture(query)
    assert await services.picture(query) is not None
    assert await services.picture(query) == first
    hand.trade(BTC, START_NS + 29 * MINUTE_NS + 5_000_000_000, 100.0)
    assert await services.picture(query) != first


async def test_plotly_figure(made: Made) -> None:
    figure = await made[0].figure(ChartQuery("BTC-USD", bars=20, theme="light"))
    kinds = [trace["type"] for trace in figure["data"]]
    assert "candlestick" in kinds
    with pytest.raises(RequestError):
        await made[0].figure(ChartQuery("BTC-USD", theme="pink"))


@pytest.fixture
def trading(made: Made) -> Made:
    made[0].paper.start()
    return made


async def ordered(services: Services, symbol: str = "BTC-USD", size: float = 2.0) -> Outcome:
    """A market order on the main account."""
    return await services.paper.do(
        services.paper.main(), Place(symbol=symbol, side=Side.BUY, size=size)
    )


async def test_paper_buy_fills_at_the_ask_and_is_marked_at_the_last_price(trading: Made) -> None:
    services, _, _ = trading
    assert (await ordered(services)).refusal is None
    view = services.paper.account_view(services.paper.main())
    [fill], [position] = view.fills, view.positions
    assert (fill.side, fill.size, fill.price) == ("buy", Decimal(2), Decimal("102.5"))
    assert (position.symbol, position.side, position.size) == ("BTC-USD", "long", Decimal(2))
    assert (position.mark, position.unrealised) == (Decimal(104), Decimal(3))
    assert view.fees == fill.fee == Decimal("0.205")
    assert view.equity == view.start_capital + Decimal(3) - Decimal("0.205")


@pytest.mark.parametrize(
    ("symbol", "size", "sentence"),
    [
        ("BTC-USD", 1e99, "Order refused: size. It was 1e+99; allowed is above 0"),
        ("BTC-USD", -1.0, "Order refused: size. It was -1.0; allowed"),
        ("BTC-USD", 1e9, "Order refused: cash."),
        ("ETH-USD", 1.0, "Order refused: ETH-USD has no price yet."),
        ("XRP-USD", 1.0, "Order refused: XRP-USD is not traded here."),
    ],
)
async def test_paper_order_that_cannot_be_taken_is_refused(
    trading: Made, symbol: str, size: float, sentence: str
) -> None:
    refusal = (await ordered(trading[0], symbol, size)).refusal
    assert refusal is not None
    assert refusal.words.startswith(sentence)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (FeedState.LOST, "Simulator is lost, so there is no price of now"),
        (FeedState.ENDED, "Simulator has ended, so there is no price of now"),
    ],
)
async def test_no_order_is_taken_at_the_price_of_a_feed_that_is_gone(
    trading: Made, state: FeedState, sentence: str
) -> None:
    services, feed, _ = trading
    feed.becomes(state)
    refusal = (await ordered(services)).refusal
    assert refusal is not None
    assert sentence in refusal.words


def test_without_a_renderer_the_tier_is_plotly() -> None:
    services, _, _ = make_services(choice=choose("plotly"))
    assert services.tier() == "plotly"
    assert services.status().renderer == "plotly"
    services.close()
