"""What to ask a venue for its instruments, and how to read the answers; no client.

Coinbase Exchange (and the simulator): docs.cdp.coinbase.com, get-all-known-trading-pairs. Binance:
rest-api.md, exchangeInfo with the filters PRICE_FILTER, LOT_SIZE and NOTIONAL. Kraken:
docs.kraken.com, get-tradable-asset-pairs: prices are multiples of ``tick_size``, sizes have
``lot_decimals``. Bybit: docs/v5/market/instrument, spot: ``minOrderQty`` is deprecated there and
not looked at, the least value counts. OKX: okx.com/docs-v5, get-instruments: no least value. ccxt:
docs.ccxt.com, precision and limits of the market structure, as :mod:`data_feed.ccxt_venue` passes
them on; steps are known where the exchange's precisions are steps.

Lists name hundreds of instruments; what they tell of those that nobody asked for is not checked.
"""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Meta, Struct

from data_feed.ccxt_parser import unified
from data_feed.history import BinanceHistory, CoinbaseHistory, VenueHistory, decoded
from data_feed.history_bybit import BybitHistory
from data_feed.history_ccxt import CcxtHistory
from data_feed.history_kraken import KrakenHistory, rest_symbol
from data_feed.history_okx import OkxHistory
from data_feed.listing import Listing, Told
from data_feed.venues import binance, bybit, okx
from market.types import Symbol

__all__ = ["listing_of"]

TICK_SIZE = 4
"""ccxt's number for exchanges whose precisions are steps; Bitfinex and Bithumb count digits."""

_Decimals = Annotated[int, Meta(ge=-15, le=18)]


def listing_of(history: VenueHistory) -> Listing | None:
    """How the venue of ``history`` is asked; None where it is not."""
    match history:
        case CoinbaseHistory():
            return Listing(lambda _: "/products", str, _coinbase)
        case BinanceHistory():
            return Listing(_binance_path, binance.venue_symbol, _binance)
        case KrakenHistory():
            # All pairs: asked for by name, one that the venue has not would be all of the answer.
            return Listing(lambda _: "/0/public/AssetPairs", rest_symbol, _kraken(history))
        case BybitHistory():
            path = "/v5/market/instruments-info?category=spot"
            return Listing(lambda _: path, bybit.venue_symbol, _bybit(history))
        case OkxHistory():
            path = "/api/v5/public/instruments?instType=SPOT"
            return Listing(lambda _: path, okx.venue_symbol, _okx(history))
        case CcxtHistory():
            return Listing(_ccxt_path, unified, _ccxt)
    return None


def _step(decimals: int | None) -> float | None:
    """1e-2 of 2; exactly what the text says."""
    return None if decimals is None else float(f"1e{-decimals}")


class _Product(Struct):
    id: str
    quote_increment: Any = None
    base_increment: Any = None
    min_market_funds: Any = None


_decode_products = msgspec.json.Decoder(list[_Product]).decode


def _coinbase(body: bytes) -> list[Told]:
    return [
        Told(each.id, each.quote_increment, each.base_increment, None, each.min_market_funds)
        for each in decoded(_decode_products, body)
    ]


class _Filter(Struct):
    kind: str = msgspec.field(name="filterType", default="")
    price_step: Any = msgspec.field(name="tickSize", default=None)
    size_step: Any = msgspec.field(name="stepSize", default=None)
    least_size: Any = msgspec.field(name="minQty", default=None)
    least_value: Any = msgspec.field(name="minNotional", default=None)


class _Market(Struct):
    symbol: str
    filters: list[_Filter]


class _Markets(Struct):
    symbols: list[_Market]


_decode_markets = msgspec.json.Decoder(_Markets).decode


def _binance_path(symbols: Sequence[Symbol]) -> str:
    names = json.dumps([binance.venue_symbol(symbol) for symbol in symbols], separators=(",", ":"))
    return f"/api/v3/exchangeInfo?symbols={quote(names)}"


def _binance(body: bytes) -> list[Told]:
    return [_filtered(each) for each in decoded(_decode_markets, body).symbols]


def _filtered(market: _Market) -> Told:
    none = _Filter()
    named = {each.kind: each for each in market.filters}
    price, size = named.get("PRICE_FILTER", none), named.get("LOT_SIZE", none)
    value = named.get("NOTIONAL") or named.get("MIN_NOTIONAL", none)
    return Told(market.symbol, price.price_step, size.size_step, size.least_size, value.least_value)


class _Pair(Struct):
    altname: str
    lot_decimals: _Decimals | None = None
    pair_decimals: _Decimals | None = None
    tick_size: Any = None
    ordermin: Any = None
    costmin: Any = None


def _kraken(history: KrakenHistory) -> Callable[[bytes], list[Told]]:
    decode = msgspec.json.Decoder(_Pair).decode

    def rows(body: bytes) -> list[Told]:
        pairs = [decoded(decode, bytes(pair)) for pair in history.result(body).values()]
        return [
            Told(
                pair.altname, pair.tick_size or _step(pair.pair_decimals),
                _step(pair.lot_decimals), pair.ordermin, pair.costmin,
            )
            for pair in pairs
        ]  # fmt: skip

    return rows


class _Prices(Struct):
    step: Any = msgspec.field(name="tickSize", default=None)


class _Sizes(Struct):
    step: Any = msgspec.field(name="basePrecision", default=None)
    least_value: Any = msgspec.field(name="minOrderAmt", default=None)


class _Spot(Struct):
    symbol: str
    prices: _Prices = msgspec.field(name="priceFilter", default_factory=_Prices)
    sizes: _Sizes = msgspec.field(name="lotSizeFilter", default_factory=_Sizes)


def _bybit(history: BybitHistory) -> Callable[[bytes], list[Told]]:
    decode = msgspec.json.Decoder(list[_Spot]).decode

    def rows(body: bytes) -> list[Told]:
        return [
            Told(each.symbol, each.prices.step, each.sizes.step, None, each.sizes.least_value)
            for each in history.rows(decode, body)
        ]

    return rows


class _Listed(Struct):
    name: str = msgspec.field(name="instId")
    price_step: Any = msgspec.field(name="tickSz", default=None)
    size_step: Any = msgspec.field(name="lotSz", default=None)
    least_size: Any = msgspec.field(name="minSz", default=None)


def _okx(history: OkxHistory) -> Callable[[bytes], list[Told]]:
    decode = msgspec.json.Decoder(list[_Listed]).decode

    def rows(body: bytes) -> list[Told]:
        return [
            Told(each.name, each.price_step, each.size_step, each.least_size, None)
            for each in history.rows(decode, body)
        ]

    return rows


class _Bound(Struct):
    min: Any = None


class _Limits(Struct):
    amount: _Bound | None = None
    cost: _Bound | None = None


class _Precision(Struct):
    price: Any = None
    amount: Any = None


class _Unified(Struct):
    precision: _Precision | None = None
    limits: _Limits | None = None


class _AllUnified(Struct):
    mode: int
    markets: dict[str, _Unified]


_decode_unified = msgspec.json.Decoder(_AllUnified).decode


def _ccxt_path(symbols: Sequence[Symbol]) -> str:
    return urlencode({"markets": ",".join(map(unified, symbols))})


def _ccxt(body: bytes) -> list[Told]:
    answer = decoded(_decode_unified, body)
    steps = answer.mode == TICK_SIZE
    return [_of_ccxt(name, each, steps=steps) for name, each in answer.markets.items()]


def _of_ccxt(name: str, market: _Unified, *, steps: bool) -> Told:
    step = market.precision if steps and market.precision else _Precision()
    limits, none = market.limits or _Limits(), _Bound()
    size, value = limits.amount or none, limits.cost or none
    return Told(name, step.price, step.amount, size.min, value.min)
