"""Lists of instruments: read as the venues write them, asked for beside everything else."""

import asyncio
import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.connectors import WebSocketConnector
from data_feed.errors import HistoryError
from data_feed.feed import Feed
from data_feed.history import BinanceHistory, CoinbaseHistory, VenueHistory
from data_feed.history_bybit import BybitHistory
from data_feed.history_ccxt import CcxtHistory
from data_feed.history_kraken import KrakenHistory
from data_feed.history_loader import HistoryLoader
from data_feed.history_okx import OkxHistory
from data_feed.instruments import listing_of
from data_feed.listing import FINEST
from data_feed.open_feed import FeedRequest, open_feed
from data_feed.policy import LoopPolicy
from data_feed.status import FeedMode
from market.instrument import Instrument
from market.market import Market
from market.types import Symbol
from tests.data_feed.test_feed import FakeSource, wait_for
from tests.data_feed.test_history_loader import answering
from tests.data_feed.test_history_venues import body
from tests.data_feed.test_socket_loop import until
from tests.data_feed.venue_server import match, sends, serving

BTC, ETH, DOGE = Symbol("BTC-USD"), Symbol("ETH-USD"), Symbol("DOGE-USD")
PAIR = Symbol("BTC-USDT")


def test_coinbase_tells_steps_and_the_least_value() -> None:
    listing = listing_of(CoinbaseHistory())
    assert listing is not None and listing.path((BTC,)) == "/products"
    product = {
        "id": "BTC-USD", "quote_increment": "0.01", "base_increment": "0.00000001",
        "min_market_funds": "1", "status": "online",
    }  # fmt: skip
    body = json.dumps([product, {**product, "id": "X-USD"}]).encode()
    assert listing.read((BTC, ETH), body) == {BTC: Instrument(BTC, 0.01, 1e-8, 0.0, 1.0)}
    with pytest.raises(HistoryError):
        listing.read((BTC,), b'[{"id": "BTC-USD", "quote_increment": "-1"}]')


def test_binance_tells_them_in_filters() -> None:
    listing = listing_of(BinanceHistory())
    assert listing is not None
    assert listing.path((PAIR,)) == "/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%5D"
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "tickSize": "0.01000000"},
        {"filterType": "LOT_SIZE", "minQty": "0.00001000", "stepSize": "0.00001000"},
        {"filterType": "NOTIONAL", "minNotional": "5.00000000"},
    ]
    body = json.dumps({"symbols": [{"symbol": "BTCUSDT", "filters": filters}]}).encode()
    assert listing.read((PAIR,), body) == {PAIR: Instrument(PAIR, 0.01, 1e-5, 1e-5, 5.0)}
    assert listing.read((Symbol("ETH-USDT"),), body) == {}
    with pytest.raises(HistoryError):
        listing.read((PAIR,), body.replace(b"0.01000000", b"abc"))


def test_kraken_tells_a_step_of_prices_and_decimals_of_sizes() -> None:
    listing = listing_of(KrakenHistory())
    assert listing is not None and listing.path((BTC,)) == "/0/public/AssetPairs"
    pair = {
        "altname": "XBTUSD", "wsname": "XBT/USD", "base": "XXBT", "quote": "ZUSD",
        "pair_decimals": 1, "lot_decimals": 8, "lot_multiplier": 1, "fees": [[0, 0.4]],
        "ordermin": "0.00005", "costmin": "0.5", "tick_size": "0.1", "status": "online",
    }  # fmt: skip
    doge = {"altname": "XDGUSD", "pair_decimals": 7, "lot_decimals": 8, "ordermin": "13"}
    dark = {**pair, "altname": "XBTUSD.d", "tick_size": "5"}
    answer = {"error": [], "result": {"XXBTZUSD": pair, "XBTUSD.d": dark, "XDGUSD": doge}}
    assert listing.read((BTC, ETH, DOGE), body(answer)) == {
        BTC: Instrument(BTC, 0.1, 1e-8, 0.00005, 0.5),
        DOGE: Instrument(DOGE, 1e-7, 1e-8, 13.0, 0.0),  # before there was a tick_size
    }
    with pytest.raises(HistoryError, match="Kraken refused: EGeneral:Internal error"):
        listing.read((BTC,), body({"error": ["EGeneral:Internal error"]}))


def test_bybit_tells_precisions_and_the_least_value() -> None:
    listing = listing_of(BybitHistory())
    assert listing is not None
    assert listing.path((PAIR,)) == "/v5/market/instruments-info?category=spot"
    bitcoin = {
        "symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "status": "Trading",
        "lotSizeFilter": {"basePrecision": "0.000001", "quotePrecision": "0.0000001",
                          "minOrderQty": "0.000011", "minOrderAmt": "5"},
        "priceFilter": {"tickSize": "0.1"},
    }  # fmt: skip
    answer = {"retCode": 0, "retMsg": "OK", "result": {"category": "spot", "list": [bitcoin]}}
    # The least quantity is deprecated: "check minOrderAmt instead".
    assert listing.read((PAIR,), body(answer)) == {PAIR: Instrument(PAIR, 0.1, 1e-6, 0.0, 5.0)}
    assert listing.read((Symbol("ETH-USDT"),), body(answer)) == {}
    with pytest.raises(HistoryError, match="Bybit refused: Too many visits"):
        listing.read((PAIR,), body({"retCode": 10006, "retMsg": "Too many visits!"}))


def test_okx_tells_steps_and_the_least_size() -> None:
    listing = listing_of(OkxHistory())
    assert listing is not None
    assert listing.path((PAIR,)) == "/api/v5/public/instruments?instType=SPOT"
    bitcoin = {
        "instType": "SPOT", "instId": "BTC-USDT", "baseCcy": "BTC", "quoteCcy": "USDT",
        "tickSz": "0.1", "lotSz": "0.00000001", "minSz": "0.00001", "state": "live",
    }  # fmt: skip
    unready = {**bitcoin, "instId": "NEW-USDT", "tickSz": "soon", "lotSz": "", "minSz": ""}
    answer = {"code": "0", "msg": "", "data": [unready, bitcoin]}
    assert listing.read((PAIR,), body(answer)) == {PAIR: Instrument(PAIR, 0.1, 1e-8, 1e-5, 0.0)}
    with pytest.raises(HistoryError, match="steps of NEW-USDT were"):
        listing.read((Symbol("NEW-USDT"),), body(answer))
    with pytest.raises(HistoryError, match="OKX refused: Too Many Requests"):
        listing.read((PAIR,), body({"code": "50011", "msg": "Too Many Requests", "data": []}))


def test_ccxt_tells_precisions_where_they_are_steps() -> None:
    listing = listing_of(CcxtHistory(["1m"]))
    assert listing is not None
    assert listing.path((BTC, ETH)) == "markets=BTC%2FUSD%2CETH%2FUSD"
    market = {
        "precision": {"price": 0.5, "amount": 1e-5, "cost": None},
        "limits": {"amount": {"min": 0.0001, "max": None}, "cost": {"min": 10}, "price": None},
    }
    bare = {"precision": {"price": None, "amount": None}, "limits": {"cost": None}}
    answer = {"mode": 4, "markets": {"BTC/USD": market, "ETH/USD": bare}}
    assert listing.read((BTC, ETH, DOGE), body(answer)) == {
        BTC: Instrument(BTC, 0.5, 1e-5, 0.0001, 10.0), ETH: Instrument(ETH, 0.0, 0.0, 0.0, 0.0),
    }  # fmt: skip
    # Significant digits are no steps: those of Bitfinex' prices change with the price.
    digits = {"mode": 3, "markets": {"BTC/USD": market}}
    assert listing.read((BTC,), body(digits)) == {BTC: Instrument(BTC, 0.0, 0.0, 0.0001, 10.0)}


FIGURES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["0.01", "1", "", "NaN", "-1", "1e400", "1e-30", "Infinity", "x"])
    | st.lists(st.integers(), max_size=1)
)  # fmt: skip
VENUES: list[tuple[VenueHistory, str]] = [
    (CoinbaseHistory(), "BTC-USDT"), (BinanceHistory(), "BTCUSDT"), (KrakenHistory(), "XBTUSDT"),
    (BybitHistory(), "BTCUSDT"), (OkxHistory(), "BTC-USDT"), (CcxtHistory(["1m"]), "BTC/USDT"),
]  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> tuple[VenueHistory, object]:
    """A venue, and a list as it writes it but for the figures, perhaps of another venue."""
    number = draw(st.integers(0, len(VENUES) - 1))
    history, name = VENUES[number]
    named = draw(st.just(name) | FIGURES)
    a, b, c, d = (draw(FIGURES) for _ in range(4))
    filters = [
        {"filterType": "PRICE_FILTER", "tickSize": a},
        {"filterType": "LOT_SIZE", "stepSize": b, "minQty": c},
        {"filterType": draw(st.sampled_from(["NOTIONAL", "MIN_NOTIONAL"])), "minNotional": d},
    ]
    spot = {
        "symbol": named, "priceFilter": {"tickSize": a},
        "lotSizeFilter": {"basePrecision": b, "minOrderAmt": d},
    }  # fmt: skip
    pair = {
        "altname": named, "tick_size": a, "lot_decimals": draw(FIGURES | st.just(8)),
        "pair_decimals": draw(FIGURES | st.just(1)), "ordermin": c, "costmin": d,
    }  # fmt: skip
    unified = {
        "precision": {"price": a, "amount": b}, "limits": {"amount": {"min": c}, "cost": {"min": d}}
    }  # fmt: skip
    shapes: list[object] = [
        [{"id": named, "quote_increment": a, "base_increment": b, "min_market_funds": d}],
        {"symbols": [{"symbol": named, "filters": draw(st.permutations(filters))}]},
        {"error": [], "result": {"X": pair}},
        {"retCode": 0, "result": {"list": [spot]}},
        {"code": "0", "data": [{"instId": named, "tickSz": a, "lotSz": b, "minSz": c}]},
        {"mode": draw(st.integers(3, 4)), "markets": {str(named): unified}},
    ]
    return history, draw(st.just(shapes[number]) | st.sampled_from(shapes))


@given(answers(), st.none() | st.binary())
def test_any_answer_gives_instruments_or_a_history_error(
    answer: tuple[VenueHistory, object], other: bytes | None
) -> None:
    history, content = answer
    listing = listing_of(history)
    assert listing is not None
    try:
        told = listing.read((PAIR,), body(content) if other is None else other)
    except HistoryError:
        return
    for symbol, found in told.items():
        assert symbol == found.symbol == PAIR
        assert all(0 <= figure <= 1e15 for figure in found[1:])
        assert all(step == 0 or step >= FINEST for step in (found.price_step, found.size_step))


PRODUCT = {"id": "BTC-USD", "quote_increment": "0.01", "base_increment": "0.001"}
STEPS = Instrument(BTC, 0.01, 0.001, 0.0, 0.0)


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (200, [PRODUCT], {BTC: STEPS}), (200, [], {}), (200, {"message": "odd"}, {}),
        (404, {"message": "NotFound"}, {}), (503, {"message": "maintenance"}, None),
    ],
)  # fmt: skip
async def test_what_cannot_be_had_now_is_told_apart(
    status: int, content: object, told: object, caplog: pytest.LogCaptureFixture
) -> None:
    async with answering(lambda _: (status, content)) as rest:
        loader = HistoryLoader(CoinbaseHistory(rest.url), Market([BTC], 50), lambda: None)
        assert await loader.load_instruments() == told
    failed = status != 200 or content not in ([PRODUCT], [])
    assert ("orders are held to no steps of the venue" in caplog.text) == failed


async def test_a_venue_out_of_reach_is_asked_later() -> None:
    loader = HistoryLoader(CoinbaseHistory("http://127.0.0.1:9"), Market([BTC], 50), lambda: None)
    assert await loader.load_instruments() is None


async def test_a_list_that_could_not_be_had_is_asked_for_again() -> None:
    failures = [503, 503]

    def answer(target: str) -> tuple[int, object]:
        if target != "/products":
            return 200, []
        return (failures.pop(), []) if failures else (200, [PRODUCT])

    policy = LoopPolicy(repair_s=0.01)
    market = Market([BTC], 50)
    async with serving(sends(match(1))) as venue, answering(answer) as rest:
        source = FakeSource(
            FeedMode.LIVE, "V", WebSocketConnector(venue.url), CoinbaseHistory(rest.url), policy
        )
        feed = Feed([source], market, Random(1))
        feed.start()
        try:
            await until(lambda: feed.instrument(BTC) is not None)
            assert feed.instrument(BTC) == STEPS
        finally:
            await asyncio.to_thread(feed.stop)
        assert rest.asked.count("/products") == 3


def test_a_feed_tells_instruments_and_when_the_venue_was_heard() -> None:
    market = Market((BTC, ETH), 100)
    feed = open_feed(FeedRequest("sim", "coinbase", (BTC, ETH)), market)
    assert feed.instrument(BTC) is None
    feed.start()
    try:
        wait_for(lambda: feed.instrument(ETH) is not None)
        assert feed.instrument(BTC) == Instrument(BTC, 0.1, 1e-8, 0.0, 0.1)
        heard = feed.symbol_status(BTC).heard_ms
        assert heard is not None and heard < 60_000
    finally:
        feed.stop()
