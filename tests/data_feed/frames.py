"""Frames and recordings that several tests use."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

BINANCE = "binance_spot_btcusdt_20240808.txt.gz"
BINANCE_US = "binance_us_20211012.jsonl.gz"
COINBASE = "coinbase_exchange_20210417_set_a.jsonl.gz"

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
