"""Lists of instruments: read as the venues write them, asked for beside everything else."""

import json

import pytest

from data_feed.errors import HistoryError
from data_feed.history import BinanceHistory, CoinbaseHistory
from data_feed.history_kraken import KrakenHistory
from data_feed.instruments import listing_of
from data_feed.open_feed import FeedRequest, open_feed
from market.instrument import Instrument
from market.market import Market
from market.types import Symbol
from tests.data_feed.test_feed import wait_for

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
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


def test_others_are_not_asked() -> None:
    assert listing_of(KrakenHistory()) is None


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
