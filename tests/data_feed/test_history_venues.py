"""REST questions and answers of Kraken, Bybit and OKX, and books over REST, without a client."""

import gzip
import json
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.errors import HistoryError, SymbolNotOffered
from data_feed.history import BinanceHistory, BookHistory, CoinbaseHistory, VenueHistory
from data_feed.history_bybit import BybitHistory
from data_feed.history_kraken import KrakenHistory, rest_symbol
from data_feed.history_okx import OkxHistory
from data_feed.protocol import BookSnapshot
from market.types import MINUTE, SECOND, Interval, Side, Symbol
from tests.market.reference import rows

BTC, USDT = Symbol("BTC-USD"), Symbol("BTC-USDT")
END = 1_700_000_040 * SECOND
KRAKEN_FILE = "kraken_rest_ohlc_xbtusdt_1m.json.gz"


def query(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def body(content: object) -> bytes:
    return json.dumps(content).encode()


def test_the_recorded_answer_of_kraken(shared_data: Path) -> None:
    answer = gzip.decompress((shared_data / "rest" / KRAKEN_FILE).read_bytes())
    found = rows(KrakenHistory().candles(Interval.M1, answer))
    # A second reading: minutes without trades are flat and of volume 0 there, and absent here.
    expected = [
        (row[0] * SECOND, *(float(Decimal(text)) for text in row[1:5]), float(Decimal(row[6])),
         row[7])
        for row in json.loads(answer)["result"]["XBTUSDT"]
        if Decimal(row[6])
    ]  # fmt: skip
    assert found == expected
    assert 100 < len(found) < 721


def test_kraken_candles_and_questions() -> None:
    history = KrakenHistory()
    answer = body({"error": [], "result": {
        "XXBTZUSD": [[60, "5", "9", "1", "6", "5.5", "0.5", 42], [120, "6", "6", "6", "6", "0.0",
                      "0.00000000", 0]], "last": 60,
    }})  # fmt: skip
    assert rows(history.candles(Interval.M1, answer)) == [(MINUTE, 5.0, 9.0, 1.0, 6.0, 0.5, 42)]
    assert query(history.candles_path(BTC, Interval.H4, END)) == {
        "pair": "XBTUSD", "interval": "240",
    }  # fmt: skip
    assert history.newest_only
    assert query(history.trades_path(Symbol("DOGE-BTC"), None) or "") == {
        "pair": "XDGXBT", "count": "1000",
    }  # fmt: skip
    assert history.trades_path(BTC, 5) is None
    assert rest_symbol(Symbol("ETH-EUR")) == "ETHEUR"
    with pytest.raises(SymbolNotOffered):
        history.candles_path(Symbol("XBT-USD"), Interval.M1, END)


def test_kraken_trades_have_times_in_seconds() -> None:
    answer = body({"error": [], "result": {"XXBTZUSD": [
        ["30243.40000", "0.34507674", 1688669597.8277369, "b", "m", "", 61044953],
        ["30243.30000", "0.00376960", 1688669597.8277, "s", "l", "", 61044952],
    ], "last": "1688671969993150842"}})  # fmt: skip
    assert KrakenHistory().trades(BTC, answer) == [
        (BTC, 61044952, 1_688_669_597_827_700_000, 30243.3, 0.0037696, Side.SELL),
        (BTC, 61044953, 1_688_669_597_827_737_000, 30243.4, 0.34507674, Side.BUY),
    ]


def test_bybit_candles_come_newest_first() -> None:
    history = BybitHistory()
    answer = body({"retCode": 0, "retMsg": "OK", "result": {"category": "spot", "list": [
        ["120000", "6", "7", "5.5", "6.5", "2.25", "13"], ["60000", "5", "9", "1", "6", "0.5", "3"],
    ]}, "time": 1672025956592})  # fmt: skip
    assert rows(history.candles(Interval.M1, answer)) == [
        (MINUTE, 5.0, 9.0, 1.0, 6.0, 0.5, 0), (2 * MINUTE, 6.0, 7.0, 5.5, 6.5, 2.25, 0),
    ]  # fmt: skip
    assert query(history.candles_path(USDT, Interval.D1, END)) == {
        "category": "spot", "symbol": "BTCUSDT", "interval": "D", "end": "1700000040000",
        "limit": "1000",
    }  # fmt: skip


def test_bybit_trades() -> None:
    answer = body({"retCode": 0, "retMsg": "OK", "result": {"category": "spot", "list": [
        {"execId": "2290000001189048102", "symbol": "BTCUSDT", "price": "16618.5", "size": "0.1",
         "side": "Buy", "time": "1672052955758", "isBlockTrade": False},
        {"execId": "2290000001189048101", "symbol": "BTCUSDT", "price": "16618", "size": "1",
         "side": "Sell", "time": "1672052955757", "isBlockTrade": False},
    ]}})  # fmt: skip
    history = BybitHistory()
    assert history.trades(USDT, answer) == [
        (USDT, 2290000001189048101, 1_672_052_955_757_000_000, 16618.0, 1.0, Side.SELL),
        (USDT, 2290000001189048102, 1_672_052_955_758_000_000, 16618.5, 0.1, Side.BUY),
    ]
    assert query(history.trades_path(USDT, None) or "") == {
        "category": "spot", "symbol": "BTCUSDT", "limit": "60",
    }  # fmt: skip
    assert history.trades_path(USDT, 5) is None


def test_okx_candles_and_trades() -> None:
    history = OkxHistory()
    answer = body({"code": "0", "msg": "", "data": [
        ["120000", "6", "7", "5.5", "6.5", "2.25", "13", "13", "0"],
        ["60000", "5", "9", "1", "6", "0.5", "3", "3", "1"],
    ]})  # fmt: skip
    assert rows(history.candles(Interval.M1, answer)) == [
        (MINUTE, 5.0, 9.0, 1.0, 6.0, 0.5, 0), (2 * MINUTE, 6.0, 7.0, 5.5, 6.5, 2.25, 0),
    ]  # fmt: skip
    assert query(history.candles_path(USDT, Interval.D1, END)) == {
        "instId": "BTC-USDT", "bar": "1Dutc", "after": "1700000040001", "limit": "300",
    }  # fmt: skip
    trades = body({"code": "0", "msg": "", "data": [
        {"instId": "BTC-USDT", "side": "sell", "sz": "0.5", "px": "29963.2", "tradeId": "242720720",
         "ts": "1654161646974"},
        {"instId": "BTC-USDT", "side": "buy", "sz": "1", "px": "29964.1", "tradeId": "242720719",
         "ts": "1654161641568"},
    ]})  # fmt: skip
    assert history.trades(USDT, trades) == [
        (USDT, 242720719, 1_654_161_641_568_000_000, 29964.1, 1.0, Side.BUY),
        (USDT, 242720720, 1_654_161_646_974_000_000, 29963.2, 0.5, Side.SELL),
    ]
    assert history.trades_path(USDT, None) == "/api/v5/market/trades?instId=BTC-USDT&limit=500"
    assert query(history.trades_path(USDT, 242720719) or "") == {
        "instId": "BTC-USDT", "type": "1", "after": "242720719", "limit": "100",
    }  # fmt: skip


def test_books_over_rest() -> None:
    binance, okx = BinanceHistory(), OkxHistory()
    answer = {"lastUpdateId": 1027024, "bids": [["4.00000000", "431.00000000"]],
              "asks": [["4.00000200", "12.00000000"]]}  # fmt: skip
    assert binance.book(USDT, body(answer)) == BookSnapshot(
        USDT, 0, 6, 0, [(4_000_000, 431)], [(4_000_002, 12)], 1027024, None
    )
    assert binance.book_path(USDT) == "/api/v3/depth?symbol=BTCUSDT&limit=1000"
    data = {"asks": [["41006.8", "0.60038921", "0", "1"]], "bids": [["41006.3", "0.3", "0", "2"]],
            "ts": "1629966436396", "seqId": 3235851742}  # fmt: skip
    assert okx.book(USDT, body({"code": "0", "msg": "", "data": [data]})) == BookSnapshot(
        USDT, 0, 1, 8, [(410063, 30_000_000)], [(410068, 60_038_921)], 3235851742, None
    )
    assert okx.book_path(USDT) == "/api/v5/market/books?instId=BTC-USDT&sz=400"
    offering = [history for history in EVERY if isinstance(history, BookHistory)]
    assert [type(history) for history in offering] == [BinanceHistory, OkxHistory]


@pytest.mark.parametrize(
    "content",
    [
        {"lastUpdateId": 1, "bids": [["0", "1"]], "asks": []},
        {"lastUpdateId": 1, "bids": [["NaN", "1"]], "asks": []},
        {"lastUpdateId": -5, "bids": [], "asks": []},
        {"lastUpdateId": 1, "bids": [["1"]], "asks": []},
        {"code": "0", "data": [{"bids": [["x", "1", "0", "1"]], "asks": [], "seqId": 1}]},
        {"code": "0", "data": [{"bids": [], "asks": []}]},
        {"code": "0", "data": []},
        {"code": "51001", "msg": "Instrument ID doesn't exist", "data": []},
        {"code": -1121, "msg": "Invalid symbol."},
        [],
    ],
)
def test_an_unusable_book_is_a_history_error(content: object) -> None:
    for history in (BinanceHistory(), OkxHistory()):
        with pytest.raises(HistoryError):
            history.book(USDT, body(content))


EVERY: list[VenueHistory] = [
    CoinbaseHistory(), BinanceHistory(), KrakenHistory(), BybitHistory(), OkxHistory(),
]  # fmt: skip


@pytest.mark.parametrize(
    ("history", "content", "sentence"),
    [
        (KrakenHistory(), {"error": ["EQuery:Unknown asset pair"]},
         "Kraken refused: EQuery:Unknown asset pair"),
        (KrakenHistory(), {"error": [], "result": {"last": 5}}, "it names no pair"),
        (BybitHistory(), {"retCode": 10006, "retMsg": "Too many visits!", "result": {}},
         "Bybit refused: Too many visits! (code 10006)"),
        (OkxHistory(), {"code": "50011", "msg": "Too Many Requests", "data": []},
         "OKX refused: Too Many Requests (code 50011)"),
    ],
)  # fmt: skip
def test_a_refusal_carries_the_venues_text(
    history: VenueHistory, content: object, sentence: str
) -> None:
    for ask in (lambda: history.candles(Interval.M1, body(content)),
                lambda: history.trades(USDT, body(content))):  # fmt: skip
        with pytest.raises(HistoryError) as caught:
            ask()
        assert sentence in str(caught.value)


NUMBERS = st.integers(-5, 10**12) | st.floats() | st.sampled_from(["1", "NaN", "-1", "1e400", ""])
ROWS = st.lists(st.lists(NUMBERS, min_size=6, max_size=12))
ANSWERS = (
    ROWS
    | ROWS.map(lambda found: {"error": [], "result": {"X": found, "last": 1}})
    | ROWS.map(lambda found: {"retCode": 0, "result": {"list": found}})
    | ROWS.map(lambda found: {"code": "0", "data": found})
).map(body) | st.binary()


@given(st.sampled_from(EVERY), ANSWERS)
def test_any_answer_gives_candles_or_a_history_error(history: VenueHistory, answer: bytes) -> None:
    try:
        window = history.candles(Interval.M1, answer)
    except HistoryError:
        pass
    else:
        assert (window.low > 0).all()
        assert (window.volume > 0).all()
    try:
        history.trades(USDT, answer)
    except HistoryError:
        return


@pytest.mark.parametrize(
    ("history", "content"),
    [
        (KrakenHistory(), {"error": [], "result": {"X": [["1", "1", 5.5, "x", "m", "", 1]]}}),
        (BybitHistory(), {"retCode": 0, "result": {"list": [
            {"execId": "1", "price": "1", "size": "1", "side": "x", "time": "1"}]}}),
        (OkxHistory(), {"code": "0", "data": [
            {"tradeId": "1", "px": "1", "sz": "1", "side": "x", "ts": "1"}]}),
    ],
)  # fmt: skip
def test_a_trade_of_an_unknown_side_is_a_history_error(
    history: VenueHistory, content: object
) -> None:
    with pytest.raises(HistoryError, match="side was 'x'; allowed are"):
        history.trades(USDT, body(content))


@pytest.mark.parametrize("history", EVERY, ids=lambda history: type(history).__name__)
def test_every_interval_offered_can_be_asked_for(history: VenueHistory) -> None:
    symbol = BTC if isinstance(history, CoinbaseHistory | KrakenHistory) else USDT
    paths = {history.candles_path(symbol, interval, END) for interval in history.intervals}
    assert len(paths) == len(history.intervals)
    assert {Interval.M1, Interval.H1, Interval.D1} <= set(history.intervals)
