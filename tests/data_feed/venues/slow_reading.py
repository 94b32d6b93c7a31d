"""What recorded frames say, read a second time: plain JSON, Decimal and datetime, nothing shared.

Each reader gives rows that start with what they are: ``trade``, ``quote``, ``snapshot``, ``delta``,
``candle``. Prices and sizes are Decimal, times nanoseconds. ``plain`` brings the parsers' events
into the same form.
"""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from data_feed.protocol import BookDelta, BookSnapshot, CandleUpdate, Event
from market.types import Quote, Side, Trade

Row = tuple[Any, ...]


def plain(event: Event) -> Row | None:
    """A row for an event of the market; None for any other event."""
    match event:
        case Trade(symbol, number, time_ns, price, size, side):
            row: Row = ("trade", symbol, number, time_ns, price, size, Side(side).name)
        case Quote():
            row = ("quote", *event)
        case CandleUpdate(symbol, interval, candle, closed):
            row = ("candle", symbol, interval.value, *candle, closed)
        case BookSnapshot():
            row = ("snapshot", event.symbol, event.time_ns, *_sides(event), event.sequence,
                   event.checksum)  # fmt: skip
        case BookDelta():
            row = ("delta", event.symbol, event.time_ns, *_sides(event), event.first, event.last,
                   event.checksum)  # fmt: skip
        case _:
            return None
    return row


def _sides(event: BookSnapshot | BookDelta) -> tuple[Row, Row]:
    tick, lot = Decimal(1).scaleb(-event.price_decimals), Decimal(1).scaleb(-event.size_decimals)
    bids, asks = (
        tuple((price * tick, size * lot) for price, size in side)
        for side in (event.bids, event.asks)
    )
    return bids, asks


def nanoseconds(text: str) -> int:
    """RFC 3339 with up to nine digits."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole + "+00:00").timestamp())
    return seconds * 10**9 + int((fraction + "0" * 9)[:9])


def milliseconds(value: int | str) -> int:
    return int(value) * 10**6


def number(value: Any) -> float:
    """What float64 makes of the text of a number."""
    return float(Decimal(str(value)))


def levels(rows: list[Any], price: Any = 0, size: Any = 1) -> Row:
    return tuple((Decimal(str(row[price])), Decimal(str(row[size]))) for row in rows)


def pair(text: str, quotes: tuple[str, ...]) -> str:
    """``BTCUSDT`` by the only one of ``quotes`` that ends it."""
    [quote] = [each for each in quotes if text.endswith(each)]
    return f"{text[: -len(quote)]}-{quote}"


def kraken(frame: bytes) -> list[Row]:
    message = json.loads(frame, parse_float=Decimal)
    rows: list[Row] = []
    for each in message["data"] if message.get("channel") in {"ticker", "ohlc", "book"} else ():
        symbol = each["symbol"].replace("/", "-")
        if message["channel"] == "ticker":
            quote = (number(each[name]) for name in ("bid", "bid_qty", "ask", "ask_qty"))
            rows.append(("quote", symbol, nanoseconds(each["timestamp"]), *quote))
        elif message["channel"] == "ohlc":
            values = (number(each[name]) for name in ("open", "high", "low", "close", "volume"))
            time_ns = nanoseconds(each["interval_begin"])
            rows.append(("candle", symbol, "1m", time_ns, *values, each["trades"], False))
        else:
            time_ns = nanoseconds(each["timestamp"]) if "timestamp" in each else 0
            sides = (levels(each[side], "price", "qty") for side in ("bids", "asks"))
            numbers = (-1,) if message["type"] == "snapshot" else (-1, -1)
            kind = "snapshot" if message["type"] == "snapshot" else "delta"
            rows.append((kind, symbol, time_ns, *sides, *numbers, each["checksum"]))
    return rows


def bybit(frame: bytes) -> list[Row]:
    message = json.loads(frame)
    kind, _, rest = message.get("topic", "").partition(".")
    data = message.get("data")
    if kind == "publicTrade":
        return [
            ("trade", pair(each["s"], ("USDT",)), int(each["i"]), milliseconds(each["T"]),
             number(each["p"]), number(each["v"]), each["S"].upper())
            for each in data
        ]  # fmt: skip
    if kind == "kline":
        symbol = pair(rest.partition(".")[2], ("USDT",))
        return [
            ("candle", symbol, "1m", milliseconds(each["start"]), number(each["open"]),
             number(each["high"]), number(each["low"]), number(each["close"]),
             number(each["volume"]), 0, each["confirm"])
            for each in data
        ]  # fmt: skip
    if kind == "orderbook":
        numbers = (data["u"],) if message["type"] == "snapshot" else (data["u"], data["u"])
        return [
            (message["type"], pair(data["s"], ("USDT",)), milliseconds(message["ts"]),
             levels(data["b"]), levels(data["a"]), *numbers, None)
        ]  # fmt: skip
    return []


def okx(frame: bytes) -> list[Row]:
    message = json.loads(frame)
    if "data" not in message:
        return []
    symbol, rows = message["arg"]["instId"], []
    for each in message["data"]:
        match message["arg"]["channel"]:
            case "trades":
                row: Row = (
                    "trade", symbol, int(each["tradeId"]), milliseconds(each["ts"]),
                    number(each["px"]), number(each["sz"]), each["side"].upper(),
                )  # fmt: skip
            case "tickers":
                quote = (number(each[name]) for name in ("bidPx", "bidSz", "askPx", "askSz"))
                row = ("quote", symbol, milliseconds(each["ts"]), *quote)
            case "candle1m":
                values = (number(value) for value in each[1:6])
                row = ("candle", symbol, "1m", milliseconds(each[0]), *values, 0, each[8] == "1")
            case _:
                sides = levels(each["bids"]), levels(each["asks"])
                whole = message["action"] == "snapshot"
                numbers = (-1,) if whole else (-1, -1)
                kind = "snapshot" if whole else "delta"
                row = (kind, symbol, milliseconds(each["ts"]), *sides, *numbers, each["checksum"])
        rows.append(row)
    return rows


def binance(frame: bytes) -> list[Row]:
    message = json.loads(frame)
    data = message["data"]
    symbol = pair(data["s"], ("USDT", "BUSD"))
    kind = data.get("e", "bookTicker")
    if kind in {"trade", "aggTrade"}:
        side = "SELL" if data["m"] else "BUY"
        key = data["t" if kind == "trade" else "a"]
        time_ns, price, size = milliseconds(data["T"]), number(data["p"]), number(data["q"])
        return [("trade", symbol, key, time_ns, price, size, side)]
    if kind == "kline":
        k = data["k"]
        values = (number(k[name]) for name in "ohlcv")
        return [("candle", symbol, k["i"], milliseconds(k["t"]), *values, k["n"], k["x"])]
    if kind == "depthUpdate":
        sides = levels(data["b"]), levels(data["a"])
        return [("delta", symbol, milliseconds(data["E"]), *sides, data["U"], data["u"], None)]
    return [("quote", symbol, 0, *(number(data[name]) for name in "bBaA"))]


def coinbase(frame: bytes) -> list[Row]:
    message = json.loads(frame)
    symbol = message.get("product_id")
    match message["type"]:
        case "match" | "last_match":
            taker = {"buy": "SELL", "sell": "BUY"}[message["side"]]
            time_ns = nanoseconds(message["time"])
            price, size = number(message["price"]), number(message["size"])
            return [("trade", symbol, message["trade_id"], time_ns, price, size, taker)]
        case "ticker":
            bid, ask = number(message["best_bid"]), number(message["best_ask"])
            return [("quote", symbol, nanoseconds(message["time"]), bid, 0.0, ask, 0.0)]
        case "snapshot":
            sides = levels(message["bids"]), levels(message["asks"])
            return [("snapshot", symbol, 0, *sides, -1, None)]
        case "l2update":
            bids, asks = (
                levels([change for change in message["changes"] if change[0] == side], 1, 2)
                for side in ("buy", "sell")
            )
            return [("delta", symbol, nanoseconds(message["time"]), bids, asks, -1, -1, None)]
        case _:
            return []
