"""The exchange's REST, pure: a path with its query in, status and JSON out.

Routes: ``/products``, ``/products/{id}``, ``/products/{id}/candles``, ``/products/{id}/trades``.
Candles come newest first, at most 300, and a longer range is refused; trades come newest first, at
most 1000, and ``after=ID`` asks for older ones. The refusal texts are the venue's, except those
about times and numbers that cannot be read.
"""

import json
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from data_feed.simulator.candle_archive import GRANULARITIES, I64, LOW, VOLUME
from data_feed.simulator.decimal_text import fixed, timestamp, trimmed
from data_feed.simulator.exchange import Listing, Match, SimulatedExchange
from data_feed.simulator.products import Product
from market.types import SECOND, Side

_MOST_CANDLES = 300
_MOST_TRADES = 1000


class Response(NamedTuple):
    """Status, extra headers, and the JSON body."""

    status: int
    headers: dict[str, str]
    body: str


class _BadRequest(Exception):
    pass


def respond(exchange: SimulatedExchange, target: str) -> Response:
    """Answer ``GET target``; never raises on bad input."""
    try:
        url = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    except ValueError:
        return _error(400, "Invalid request")
    parts = url.path.strip("/").split("/")
    if parts[0] != "products" or len(parts) > 3:
        return _error(404, "Route not found")
    if len(parts) == 1:
        bodies = (_product_body(listing.product) for listing in exchange.listings.values())
        return Response(200, {}, f"[{','.join(bodies)}]")
    listing = exchange.listings.get(parts[1])
    if listing is None:
        return _error(404, "NotFound")
    if len(parts) == 2:
        return Response(200, {}, _product_body(listing.product))
    try:
        return _product_route(parts[2], listing, query, exchange.now_ns)
    except _BadRequest as refusal:
        return _error(400, str(refusal))


def refusal(status: int) -> Response | None:
    """What a venue says that is in trouble or was asked too often; None for status 0."""
    if not status:
        return None
    return _error(
        status, "Public rate limit exceeded" if status == 429 else "Internal server error"
    )


def _product_route(route: str, listing: Listing, query: dict[str, str], now_ns: int) -> Response:
    if route == "candles":
        return _candles(listing, query, now_ns)
    if route == "trades":
        return _trades(listing, query)
    return _error(404, "Route not found")


def _candles(listing: Listing, query: dict[str, str], now_ns: int) -> Response:
    granularity = _granularity(query.get("granularity", "60"))
    now_s = now_ns // SECOND
    start_s, end_s = now_s - _MOST_CANDLES * granularity, now_s
    if "start" in query and "end" in query:
        start_s, end_s = _time(query["start"], "start"), _time(query["end"], "end")
    if end_s < start_s:
        raise _BadRequest("End is before start")
    if end_s - start_s > _MOST_CANDLES * granularity:
        raise _BadRequest(
            "granularity too small for the requested time range. "
            "Count of aggregations requested exceeds 300"
        )
    rows = listing.candles.rows(granularity, start_s, end_s, _MOST_CANDLES)
    return Response(200, {}, f"[{','.join(_candle_body(listing.product, rows))}]")


def _candle_body(product: Product, rows: I64) -> list[str]:
    price, size = product.price_decimals, product.size_decimals
    return [
        f"[{row[0]},{','.join(trimmed(ticks, price) for ticks in row[LOW:VOLUME])},"
        f"{trimmed(row[VOLUME], size)}]"
        for row in rows.tolist()
    ]


def _trades(listing: Listing, query: dict[str, str]) -> Response:
    limit = min(_integer(query.get("limit", "1000"), "limit"), _MOST_TRADES)
    after = _integer(query["after"], "after") if "after" in query else None
    matches = listing.recent(max(limit, 1), after)
    if "before" in query:
        newer_than = _integer(query["before"], "before")
        matches = [match for match in matches if match.trade_id > newer_than]
    headers = {}
    if matches:
        headers["CB-BEFORE"] = str(matches[0].trade_id)
        headers["CB-AFTER"] = str(matches[-1].trade_id)
    bodies = (_trade_body(listing.product, match) for match in matches)
    return Response(200, headers, f"[{','.join(bodies)}]")


def _trade_body(product: Product, match: Match) -> str:
    maker_side = "sell" if match.taker_side is Side.BUY else "buy"
    return (
        f'{{"trade_id":{match.trade_id},"side":"{maker_side}",'
        f'"size":"{fixed(match.size, product.size_decimals)}",'
        f'"price":"{fixed(match.price, product.price_decimals)}",'
        f'"time":"{timestamp(match.time_ns)}"}}'
    )


def _product_body(product: Product) -> str:
    return json.dumps(
        {
            "id": product.symbol,
            "base_currency": product.base,
            "quote_currency": product.quote,
            "base_min_size": trimmed(1, product.size_decimals),
            "base_max_size": trimmed(product.mean_size * 10_000, product.size_decimals),
            "quote_increment": trimmed(1, product.price_decimals),
            "base_increment": trimmed(1, product.size_decimals),
            "display_name": f"{product.base}/{product.quote}",
            "min_market_funds": trimmed(1, product.price_decimals),
            "max_market_funds": "1000000",
            "margin_enabled": False,
            "post_only": False,
            "limit_only": False,
            "cancel_only": False,
            "trading_disabled": False,
            "status": "online",
            "status_message": "",
        },
        separators=(",", ":"),
    )


def _granularity(text: str) -> int:
    if text not in map(str, GRANULARITIES):
        raise _BadRequest("Unsupported granularity")
    return int(text)


def _integer(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise _BadRequest(f"Invalid {name}")
    return int(text)


def _time(text: str, name: str) -> int:
    """Seconds since the epoch from ISO 8601 or from digits."""
    if text.isascii() and text.isdigit() and len(text) <= 12:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _BadRequest(f"Invalid {name}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


def _error(status: int, message: str) -> Response:
    return Response(status, {}, json.dumps({"message": message}, separators=(",", ":")))
