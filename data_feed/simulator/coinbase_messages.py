"""What the exchange did, in the words of Coinbase Exchange.

Field names, field order and number formats are those of recorded frames.

Prices and sizes of trades are written without trailing zeros, those of the book with every
decimal. ``side`` is the maker's in matches and the taker's in tickers. The two size fields of the
ticker were added by the venue in 2022.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from data_feed.simulator.book import LevelChange, OrderBook
from data_feed.simulator.candle_archive import DayStatistics
from data_feed.simulator.decimal_text import fixed, timestamp, trimmed
from data_feed.simulator.exchange import Match
from data_feed.simulator.products import Product
from market.types import Side

_SIDE_TEXT = {Side.BUY: "buy", Side.SELL: "sell"}
_MAKER_TEXT = {Side.BUY: "sell", Side.SELL: "buy"}
_MASK = 2**64 - 1


def match_message(product: Product, match: Match, kind: str = "match") -> str:
    """A ``match``, or a ``last_match``, which is sent once after subscribing."""
    return (
        f'{{"type":"{kind}","trade_id":{match.trade_id},'
        f'"maker_order_id":"{order_uuid(product, match.maker_order_id)}",'
        f'"taker_order_id":"{order_uuid(product, match.taker_order_id)}",'
        f'"side":"{_MAKER_TEXT[match.taker_side]}",'
        f'"size":"{trimmed(match.size, product.size_decimals)}",'
        f'"price":"{trimmed(match.price, product.price_decimals)}",'
        f'"product_id":"{product.symbol}","sequence":{match.sequence},'
        f'"time":"{timestamp(match.time_ns)}"}}'
    )


def ticker_message(product: Product, match: Match, day: DayStatistics) -> str:
    """A ``ticker``: the trade, the best prices after it, and the last day."""
    price, size = product.price_decimals, product.size_decimals
    quote = match.quotation
    return (
        f'{{"type":"ticker","sequence":{match.sequence},"product_id":"{product.symbol}",'
        f'"price":"{trimmed(match.price, price)}","open_24h":"{trimmed(day.open, price)}",'
        f'"volume_24h":"{fixed(day.volume, size)}","low_24h":"{trimmed(day.low, price)}",'
        f'"high_24h":"{trimmed(day.high, price)}","volume_30d":"{fixed(day.volume_30d, size)}",'
        f'"best_bid":"{fixed(quote.bid, price)}","best_bid_size":"{fixed(quote.bid_size, size)}",'
        f'"best_ask":"{fixed(quote.ask, price)}","best_ask_size":"{fixed(quote.ask_size, size)}",'
        f'"side":"{_SIDE_TEXT[match.taker_side]}","time":"{timestamp(match.time_ns)}",'
        f'"trade_id":{match.trade_id},"last_size":"{trimmed(match.size, size)}"}}'
    )


def snapshot_message(product: Product, book: OrderBook) -> str:
    """A ``snapshot``: every level of both sides, best first."""
    asks = ",".join(_level(product, price, size) for price, size in book.asks.levels())
    bids = ",".join(_level(product, price, size) for price, size in book.bids.levels())
    return f'{{"type":"snapshot","product_id":"{product.symbol}","asks":[{asks}],"bids":[{bids}]}}'


def l2update_message(product: Product, changes: Iterable[LevelChange], time_ns: int) -> str:
    """An ``l2update``: absolute sizes of the changed levels; zero removes a level."""
    texts = ",".join(
        f'["{_SIDE_TEXT[change.side]}","{fixed(change.price, product.price_decimals)}",'
        f'"{fixed(change.size, product.size_decimals)}"]'
        for change in changes
    )
    return (
        f'{{"type":"l2update","product_id":"{product.symbol}","changes":[{texts}],'
        f'"time":"{timestamp(time_ns)}"}}'
    )


def heartbeat_message(product: Product, trade_id: int, sequence: int, time_ns: int) -> str:
    """A ``heartbeat``, sent once a second."""
    return (
        f'{{"type":"heartbeat","last_trade_id":{trade_id},"product_id":"{product.symbol}",'
        f'"sequence":{sequence},"time":"{timestamp(time_ns)}"}}'
    )


def subscriptions_message(channels: Mapping[str, Sequence[str]]) -> str:
    """The answer to every accepted request: all channels and their products."""
    listed = [{"name": name, "product_ids": list(ids)} for name, ids in channels.items()]
    return json.dumps({"type": "subscriptions", "channels": listed}, separators=(",", ":"))


def error_message(message: str, reason: str) -> str:
    """A refusal: what failed, and why."""
    return json.dumps(
        {"type": "error", "message": message, "reason": reason}, separators=(",", ":")
    )


def order_uuid(product: Product, order_id: int) -> UUID:
    """The venue's form of an order number: scattered by SplitMix64 (Steele et al. 2014), the same
    on every run.
    """
    salt = int.from_bytes(product.symbol.encode()[-8:])
    high = _splitmix64(order_id ^ salt)
    low = _splitmix64(high)
    return UUID(int=high << 64 | low, version=4)


def _splitmix64(state: int) -> int:
    mixed = (state + 0x9E3779B97F4A7C15) & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return mixed ^ mixed >> 31


def _level(product: Product, price: int, size: int) -> str:
    return f'["{fixed(price, product.price_decimals)}","{fixed(size, product.size_decimals)}"]'
