"""Frames and recordings that several tests use."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

BINANCE = "binance_spot_btcusdt_20240808.txt.gz"
BINANCE_US = "binance_us_20211012.jsonl.gz"
COINBASE = "coinbase_exchange_20210417_set_a.jsonl.gz"
BYBIT = "bybit_v5_spot_20260809.jsonl.gz"
OKX = "okx_v5_20220513.jsonl.gz"
OKX_TODAY = "okx_v5_btcusdt_frames_20260812.jsonl"
KRAKEN_BOOK = "kraken_v2_btcusd_book10_20230730.json.gz"
KRAKEN_RESUBSCRIBED = "kraken_v2_minagbp_book25_resubscribe_20260818.ndjson"
KRAKEN_FRAMES = "kraken_v2_btcusd_frames_20260812.jsonl"

MATCH = (
    b'{"type":"match","trade_id":82008,"maker_order_id":"ac92","taker_order_id":"132f",'
    b'"side":"sell","size":"5.23512","price":"400.23","product_id":"BTC-USD","sequence":50,'
    b'"time":"2014-11-07T08:19:27.028459Z"}'
)
TICKER = (
    b'{"type":"ticker","sequence":37475248783,"product_id":"ETH-USD","price":"1285.22",'
    b'"best_bid":"1285.04","best_bid_size":"0.46688654","best_ask":"1285.27",'
    b'"best_ask_size":"1.56637040","side":"buy","time":"2022-10-19T23:28:22.061769Z",'
    b'"trade_id":370843401,"last_size":"11.4396987"}'
)
BINANCE_TRADE = (
    b'{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,'
    b'"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}'
)
BOOK_TICKER = (
    b'{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000",'
    b'"B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}'
)

KRAKEN_TRADE = (
    b'{"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell",'
    b'"price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665906,'
    b'"timestamp":"2023-09-25T07:49:37.708706Z"}]}'
)
KRAKEN_TICKER = (
    b'{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":63297.7,'
    b'"bid_qty":5.45673101,"ask":63297.8,"ask_qty":0.36974422,"last":63297.8,'
    b'"timestamp":"2026-08-12T19:29:02.066592Z"}]}'
)
KRAKEN_OHLC = (
    b'{"channel":"ohlc","type":"update","timestamp":"2026-08-12T19:28:44.084233010Z","data":[{'
    b'"symbol":"BTC/USD","open":63301.6,"high":63301.6,"low":63297.7,"close":63297.7,"trades":27,'
    b'"volume":0.04121249,"vwap":63298.2,"interval_begin":"2026-08-12T19:28:00.000000000Z",'
    b'"interval":1,"timestamp":"2026-08-12T19:29:00.000000Z"}]}'
)
KRAKEN_LEVELS = (
    b'{"channel":"book","type":"snapshot","data":[{"symbol":"MINA/GBP","bids":[{"price":0.0294,'
    b'"qty":22500.50544743}],"asks":[{"price":0.0296,"qty":1000.00000000}],"checksum":1}]}'
)
BYBIT_TRADE = (
    b'{"topic":"publicTrade.ETHUSDT","ts":1786310826370,"type":"snapshot","data":[{'
    b'"i":"2280000001739247420","T":1786310826369,"p":"1923.29","v":"0.0008","S":"Buy",'
    b'"seq":178477363675,"s":"ETHUSDT","BT":false,"RPI":false},{"i":"2280000001739247421",'
    b'"T":1786310826369,"p":"1923.29","v":"0.00032","S":"Sell","seq":178477363675,"s":"ETHUSDT",'
    b'"BT":false,"RPI":false}]}'
)
BYBIT_BEST = (
    b'{"topic":"orderbook.1.BTCUSDT","ts":1786310816618,"type":"snapshot","data":{"s":"BTCUSDT",'
    b'"b":[["65140.4","0.875077"]],"a":[["65140.5","0.4"]],"u":62505425,"seq":112488545865},'
    b'"cts":1786310816585}'
)
BYBIT_LEVELS = (
    b'{"topic":"orderbook.200.BTCUSDT","ts":1786310816618,"type":"delta","data":{"s":"BTCUSDT",'
    b'"b":[["65140.4","0.875077"]],"a":[["65154.6","0.09948"],["65239.1","0"]],"u":62505425,'
    b'"seq":112488545865},"cts":1786310816585}'
)
BYBIT_KLINE = (
    b'{"type":"snapshot","topic":"kline.1.ETHUSDT","data":[{"start":1786310760000,'
    b'"end":1786310819999,"interval":"1","open":"1923.09","close":"1923.27","high":"1923.27",'
    b'"low":"1923.09","volume":"1.38307","turnover":"2659.8546713","confirm":true,'
    b'"timestamp":1786310820818}],"ts":1786310820818}'
)
OKX_TRADE = (
    b'{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT",'
    b'"tradeId":"1040968613","px":"64040.2","sz":"0.00240857","side":"buy","ts":"1786538760218",'
    b'"count":"2","source":"0","seqId":79706765242}]}'
)
OKX_TICKER = (
    b'{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT",'
    b'"instId":"BTC-USDT","last":"64028.6","askPx":"64028.7","askSz":"2.31126955",'
    b'"bidPx":"64028.6","bidSz":"0.00503393","ts":"1786538789464"}]}'
)
OKX_LEVELS = (
    b'{"arg":{"channel":"books","instId":"UNI-USD-SWAP"},"action":"update","data":[{"asks":['
    b'["5.158","129","0","2"],["5.233","240","0","1"]],"bids":[["5.117","0","0","0"]],'
    b'"ts":"1652459225464","checksum":0,"seqId":123,"prevSeqId":120}]}'
)
OKX_CANDLE = (
    b'{"arg":{"channel":"candle1m","instId":"BTC-USDT"},"data":[["1786538760000","64040.2",'
    b'"64040.2","64025.7","64033.5","2.16787395","138825.265446816","138825.265446816","0"]]}'
)
BINANCE_DEPTH = (
    b'{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT",'
    b'"U":50093239203,"u":50093239207,"b":[["55653.87000000","0.00000000"]],'
    b'"a":[["61838.04000000","0.32332000"],["61844.30000000","0.40163000"]]}}'
)
BINANCE_KLINE = (
    b'{"stream":"omgbusd@kline_1m","data":{"e":"kline","E":1633998288469,"s":"OMGBUSD","k":{'
    b'"t":1633998240000,"T":1633998299999,"s":"OMGBUSD","i":"1m","f":439572,"L":439577,'
    b'"o":"13.72120000","c":"13.80480000","h":"13.80480000","l":"13.72120000","v":"183.49000000",'
    b'"n":6,"x":false}}}'
)
L2UPDATE = (
    b'{"type":"l2update","product_id":"SKL-USD","changes":[["sell","0.7923","7441.5"],'
    b'["buy","0.79","0.0"]],"time":"2021-04-17T16:43:37.075351Z"}'
)
L2SNAPSHOT = (
    b'{"type":"snapshot","product_id":"SKL-USD","asks":[["0.7923","74.5"],["0.80","1"]],'
    b'"bids":[["0.79","3"]]}'
)
REAL = (
    MATCH, TICKER, L2UPDATE, L2SNAPSHOT, BINANCE_TRADE, BOOK_TICKER, BINANCE_DEPTH, BINANCE_KLINE,
    KRAKEN_TRADE, KRAKEN_TICKER, KRAKEN_OHLC, KRAKEN_LEVELS, BYBIT_TRADE, BYBIT_BEST, BYBIT_LEVELS,
    BYBIT_KLINE, OKX_TRADE, OKX_TICKER, OKX_LEVELS, OKX_CANDLE,
)  # fmt: skip
"""One frame of every kind of market data of every venue."""


def recorded(path: Path) -> Iterator[bytes]:
    """The frames of a recording, read with nothing but the standard library."""
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line[0].isdigit():
                frame = line.split(" ", 1)[1].rstrip()
                if "lastUpdateId" not in frame[:20]:
                    yield frame.encode()
            else:
                record = json.loads(line)
                if record["t"] == "recv":
                    yield record["data"].encode()


def captured(path: Path) -> Iterator[bytes]:
    """Received frames of a capture whose lines are ``{…, "frame": <JSON>}``, their text as is."""
    for line in path.read_text().splitlines():
        head, found, frame = line.partition('"frame":')
        if found and '"tx"' not in head:
            yield frame.strip()[:-1].encode()


def kraken_fixture(path: Path) -> Iterator[bytes]:
    """The frames of one JSON object with a snapshot and updates."""
    with gzip.open(path, "rt") as file:
        content = json.load(file)
    for message in (content["init"], *content["updates"]):
        yield json.dumps(message).encode()


def changed(frame: bytes, **fields: object) -> dict[str, object]:
    """``frame`` with other fields in its (first piece of) data."""
    outer = json.loads(frame)
    data = outer["data"]
    new = [{**data[0], **fields}] if isinstance(data, list) else {**data, **fields}
    return {**outer, "data": new}
