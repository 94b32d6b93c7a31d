"""REST questions and answers, without a client."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.errors import HistoryError, SymbolNotOffered
from data_feed.history import BinanceHistory, CoinbaseHistory, VenueHistory
from market.types import MINUTE, SECOND, Interval, Side, Symbol
from tests.market.reference import rows

BTC = Symbol("BTC-USD")
END = 1_700_000_040 * SECOND


def query(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def test_coinbase_candles_come_newest_first_with_low_before_high() -> None:
    body = b"[[120, 1.5, 4, 2, 3, 10.25], [60, 1, 9, 5, 6, 0.5], [180, 1, 1, 1, 1, 0]]"
    assert rows(CoinbaseHistory().candles(Interval.M1, body)) == [
        (MINUTE, 5.0, 9.0, 1.0, 6.0, 0.5, 0),
        (2 * MINUTE, 2.0, 4.0, 1.5, 3.0, 10.25, 0),
    ]


def test_coinbase_asks_for_one_page_up_to_the_end() -> None:
    path = CoinbaseHistory().candles_path(BTC, Interval.M1, END)
    assert urlsplit(path).path == "/products/BTC-USD/candles"
    assert query(path) == {
        "granularity": "60",
        "start": "2023-11-14T17:15:00Z",
        "end": "2023-11-14T22:14:00Z",
    }


def test_coinbase_trades_name_the_maker_and_come_newest_first() -> None:
    history = CoinbaseHistory("http://localhost:1")
    body = json.dumps(
        [
            {
                "trade_id": 8,
                "side": "sell",
                "size": "0.5",
                "price": "100.25",
                "time": "1970-01-01T00:00:02Z",
            },
            {
                "trade_id": 7,
                "side": "buy",
                "size": "1",
                "price": "100",
                "time": "1970-01-01T00:00:01.5Z",
            },
        ]
    ).encode()
    assert history.trades(BTC, body) == [
        (BTC, 7, 1_500_000_000, 100.0, 1.0, Side.SELL),
        (BTC, 8, 2_000_000_000, 100.25, 0.5, Side.BUY),
    ]
    assert history.trades_path(BTC, None) == "/products/BTC-USD/trades?limit=1000"
    assert history.trades_path(BTC, 7) == "/products/BTC-USD/trades?limit=1000&after=7"
    assert history.base_url == "http://localhost:1"


def test_binance_candles_drop_minutes_without_trades() -> None:
    body = json.dumps(
        [
            [60_000, "5", "9", "1", "6", "0.5", 119_999, "3", 42, "1", "1", "0"],
            [120_000, "6", "6", "6", "6", "0.00", 179_999, "0", 0, "0", "0", "0"],
        ]
    ).encode()
    assert rows(BinanceHistory().candles(Interval.M1, body)) == [
        (MINUTE, 5.0, 9.0, 1.0, 6.0, 0.5, 42)
    ]


def test_binance_questions() -> None:
    history = BinanceHistory()
    symbol = Symbol("BTC-USDT")
    assert query(history.candles_path(symbol, Interval.H4, END)) == {
        "symbol": "BTCUSDT", "interval": "4h", "limit": "1000", "endTime": "1700000040000",
    }  # fmt: skip
    assert history.trades_path(symbol, None) == "/api/v3/trades?symbol=BTCUSDT&limit=1000"
    assert history.trades_path(symbol, 5) is None
    with pytest.raises(SymbolNotOffered):
        history.trades_path(BTC, None)


def test_binance_trades() -> None:
    body = (
        b'[{"id":28457,"price":"4.5","qty":"12","quoteQty":"48","time":1499865549590,'
        b'"isBuyerMaker":true,"isBestMatch":true}]'
    )
    [trade] = BinanceHistory().trades(Symbol("BNB-BTC"), body)
    assert trade == ("BNB-BTC", 28457, 1_499_865_549_590_000_000, 4.5, 12.0, Side.SELL)


HISTORIES = st.sampled_from([CoinbaseHistory(), BinanceHistory()])
NUMBERS = st.integers(-5, 10**12) | st.floats() | st.sampled_from(["1", "NaN", "-1", "1e400", ""])


@given(
    HISTORIES,
    st.binary()
    | st.lists(st.lists(NUMBERS, min_size=6, max_size=12)).map(json.dumps).map(str.encode),
)
def test_any_answer_gives_candles_or_a_history_error(history: VenueHistory, body: bytes) -> None:
    try:
        window = history.candles(Interval.M1, body)
    except HistoryError as error:
        assert "answer was" in str(error)
    else:
        assert (window.low > 0).all()
        assert (window.volume > 0).all()
    try:
        history.trades(BTC, body)
    except HistoryError:
        return


@pytest.mark.parametrize(
    "body", [b"", b'{"message":"NotFound"}', b"[[1,2]]", b'[{"trade_id":1}]', b"[" * 5000]
)
def test_a_refusal_is_a_history_error(body: bytes) -> None:
    for history in (CoinbaseHistory(), BinanceHistory()):
        with pytest.raises(HistoryError):
            history.candles(Interval.M1, body)
        with pytest.raises(HistoryError):
            history.trades(BTC, body)


def test_an_empty_answer_is_no_candles() -> None:
    assert len(CoinbaseHistory().candles(Interval.M1, b"[]")) == 0
    assert CoinbaseHistory().trades(BTC, b"[]") == []


def test_a_trade_with_an_unreadable_time_is_a_history_error() -> None:
    body = b'[{"trade_id":1,"side":"buy","size":"1","price":"1","time":"noon"}]'
    with pytest.raises(HistoryError, match="trades could not be read"):
        CoinbaseHistory().trades(BTC, body)
