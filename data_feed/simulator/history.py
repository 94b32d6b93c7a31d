"""Candles from before the exchange opened: a random walk that ends at the book's first price.

Volatility clusters on every time scale because it is a product of random multipliers held for ever
longer blocks, after Calvet and Fisher, "How to forecast long-run volatility: regime-switching and
the estimation of multifractal processes" (2004). Wicks are drawn from the exact law of the maximum
of a Brownian bridge between open and close, as in Glasserman, "Monte Carlo Methods in Financial
Engineering" (2003), section 6.4.
"""

import hashlib

import numpy as np
import numpy.typing as npt

from data_feed.simulator.candle_archive import (
    CLOSE,
    DAY_S,
    HIGH,
    HOUR_S,
    I64,
    LOW,
    MINUTE_S,
    OPEN,
    TIME,
    VOLUME,
    History,
)
from data_feed.simulator.products import Product

F64 = npt.NDArray[np.float64]

_DAYS, _HOUR_DAYS, _MINUTE_DAYS = 700, 300, 60
_MULTIPLIER_DEVIATION = 0.22
_TRADED_LOTS_PER_ORDER = 0.5
_LOWEST_TICKS = 50


def generate_history(product: Product, seed: int, end_s: int) -> History:
    """Candles up to ``end_s`` (a whole minute); the last close is ``product.price``.

    About 60 days of minutes, 300 days of hours before them and 700 days before those.
    """
    generator = np.random.default_rng(_seed(product, seed))
    midnight = end_s - end_s % DAY_S
    minutes_from = midnight - _MINUTE_DAYS * DAY_S
    hours_from = minutes_from - _HOUR_DAYS * DAY_S
    tiers = (
        np.arange(hours_from - _DAYS * DAY_S, hours_from, DAY_S),
        np.arange(hours_from, minutes_from, HOUR_S),
        np.arange(minutes_from, end_s, MINUTE_S),
    )
    times = np.concatenate(tiers)
    lengths = np.repeat((DAY_S, HOUR_S, MINUTE_S), [len(tier) for tier in tiers])
    rows = _walk(product, generator, times, lengths)
    days, hours = len(tiers[0]), len(tiers[0]) + len(tiers[1])
    return History(rows[:days], rows[days:hours], rows[hours:])


def _seed(product: Product, seed: int) -> int:
    digest = hashlib.sha256(f"history:{seed}:{product.symbol}".encode()).digest()
    return int.from_bytes(digest[:8])


def _walk(product: Product, generator: np.random.Generator, times: I64, lengths: I64) -> I64:
    mood = _volatility(generator, times, lengths)
    sigma = product.daily_volatility * np.sqrt(lengths / DAY_S) * mood
    shocks = generator.standard_normal(len(times))
    path = np.cumsum(sigma * shocks)
    log_close = path - path[-1] + np.log(product.price)
    log_open = np.concatenate(([log_close[0] - sigma[0] * shocks[0]], log_close[:-1]))
    rows = np.empty((len(times), 6), np.int64)
    rows[:, TIME] = times
    rows[:, OPEN] = _ticks(log_open)
    rows[:, CLOSE] = _ticks(log_close)
    high = _ticks(_bridge_maximum(generator, log_open, log_close, sigma))
    low = _ticks(-_bridge_maximum(generator, -log_open, -log_close, sigma))
    rows[:, HIGH] = np.maximum(high, np.maximum(rows[:, OPEN], rows[:, CLOSE]))
    rows[:, LOW] = np.minimum(low, np.minimum(rows[:, OPEN], rows[:, CLOSE]))
    rows[:, VOLUME] = _volume(product, generator, lengths, mood, shocks)
    return rows


def _volatility(generator: np.random.Generator, times: I64, lengths: I64) -> F64:
    """Relative volatility of every candle, about one; higher in the American afternoon."""
    level = np.zeros(len(times))
    for block_s in (300, 1500, 2 * HOUR_S, 10 * HOUR_S, 2 * DAY_S, 10 * DAY_S):
        blocks = times // block_s
        blocks -= blocks[0]
        level += generator.normal(0.0, _MULTIPLIER_DEVIATION, blocks[-1] + 1)[blocks]
    hour = (times % DAY_S) / HOUR_S
    rhythm = np.where(lengths < DAY_S, 0.25 * np.cos((hour - 15.0) * np.pi / 12.0), 0.0)
    scale: F64 = np.exp(level + rhythm - 6 * _MULTIPLIER_DEVIATION**2)
    return scale


def _bridge_maximum(generator: np.random.Generator, start: F64, end: F64, sigma: F64) -> F64:
    """Maximum of a Brownian bridge from ``start`` to ``end`` with deviation ``sigma`` over its
    length.
    """
    uniform = 1.0 - generator.random(len(start))
    spread = np.sqrt((end - start) ** 2 - 2.0 * sigma**2 * np.log(uniform))
    maximum: F64 = 0.5 * (start + end + spread)
    return maximum


def _ticks(log_price: F64) -> I64:
    ticks: I64 = np.maximum(np.rint(np.exp(log_price)), _LOWEST_TICKS).astype(np.int64)
    return ticks


def _volume(
    product: Product, generator: np.random.Generator, lengths: I64, mood: F64, shocks: F64
) -> I64:
    calm = product.mean_size * product.orders_per_second * _TRADED_LOTS_PER_ORDER * lengths
    noise = generator.lognormal(-0.08, 0.4, len(lengths))
    volume: I64 = (calm * mood * noise * (0.55 + 0.55 * np.abs(shocks))).astype(np.int64) + 1
    return volume
