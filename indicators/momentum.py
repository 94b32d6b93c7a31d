"""Speed of prices: momentum, rate of change, CCI, Ultimate, Awesome."""

from math import nan

from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.parts import F64, true_range
from indicators.spec import (
    OWN,
    Family,
    Indicator,
    Input,
    Line,
    Output,
    Pane,
    Rule,
    Style,
    period,
)  # fmt: skip
from indicators.sweeps import (
    double,
    piece_bars,
    sum_piece,
    to_boundary,
    unknown,
    unknown_bars,
    work_rows,
)
from indicators.windows import push_sum, ring_cells
from market.kernel import inline_kernel, kernel, lane_kernel, lean_kernel

_SEVENTH = 100.0 / 7.0

__all__ = ["awesome", "cci", "momentum", "roc", "ultimate"]


@lean_kernel
def _lagged(state: F64, period: int, percent: bool, close: F64, out: F64) -> None:
    seen, closes = int(state[0]), state[1:]
    k = seen % period
    for i in range(len(close)):
        old, value = closes[k], close[i]
        change = value - old
        if percent:
            change = change / old * 100.0 if old != 0.0 else 0.0
        out[0, i] = change if seen + i >= period else nan
        closes[k] = value
        k = k + 1 if k + 1 < period else 0
    state[0] = seen + len(close)


@lean_kernel
def _momentum(state: F64, period: int, close: F64, out: F64) -> None:
    _lagged(state, period, False, close, out)


@lean_kernel
def _roc(state: F64, period: int, close: F64, out: F64) -> None:
    _lagged(state, period, True, close, out)


@lean_kernel
def _lagged_whole(period: int, percent: bool, close: F64, out: F64) -> int:
    """Every close from ``period`` on is in a difference, which shows whether it is finite."""
    row, later, bad = out[0, period:], close[period:], unknown(close[:period])
    out[0, : min(period, len(close))] = nan
    head = min(to_boundary(row), len(row))
    bad += _changes(percent, later[:head], close[:head], row[:head])
    return bad + _changes(percent, later[head:], close[head:], row[head:])


@lane_kernel
def _changes(percent: bool, later: F64, earlier: F64, out: F64) -> int:
    """How many are not finite."""
    bad = 0
    for i in range(len(out)):
        change = later[i] - earlier[i]
        bad += not abs(change) <= 1.7976931348623157e308
        if percent:
            change = change / earlier[i] * 100.0 if earlier[i] != 0.0 else 0.0
        out[i] = change
    return bad


@lean_kernel
def _momentum_whole(period: int, close: F64, out: F64) -> int:
    return _lagged_whole(period, False, close, out)


@lean_kernel
def _roc_whole(period: int, close: F64, out: F64) -> int:
    return _lagged_whole(period, True, close, out)


@inline_kernel
def _deviate(price: float, mean: float, total: float, share: float) -> float:
    """``total``: of the deviations from the mean."""
    spread = 0.015 * total * share
    return (price - mean) / spread if spread > 1e-15 * abs(mean) else 0.0


@lean_kernel
def _cci(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    """The mean deviation has no sliding form: its terms all change with the mean."""
    seen, share = int(state[0]), 1.0 / period
    prices, rings = state[1 : 1 + period], state[1 + period :]
    for i in range(len(close)):
        price, at = (high[i] + low[i] + close[i]) / 3.0, seen % period
        prices[at] = price
        mean = push_sum(rings, seen, period, price) / period
        seen += 1
        total = 0.0
        for j in range(at, -1, -1):
            total += abs(prices[j] - mean)
        for j in range(period - 1, at, -1):
            total += abs(prices[j] - mean)
        out[0, i] = _deviate(price, mean, total, share) if seen >= period else nan
    state[0] = seen


@kernel
def _cci_whole(period: int, high: F64, low: F64, close: F64, out: F64) -> int:
    """Bar beside bar instead of value beside value: each lane sums in the order of the stream."""
    reach, piece, row = period - 1, piece_bars(period), out[0]
    row[: min(reach, len(row))] = nan
    work = work_rows(5, reach, len(close))
    bad = unknown_bars(high[:reach], low[:reach], close[:reach])
    for start in range(reach, len(close), piece):
        first, end, result = start - reach, start + piece, row[start : start + piece]
        bad += unknown_bars(high[start:end], low[start:end], close[start:end])
        prices, means = work[2, : len(result) + reach], work[3, : len(result)]
        total = work[4, : len(result)]
        _typical_prices(high[first:end], low[first:end], close[first:end], prices)
        sum_piece(prices, period, 1.0, work, means)
        for i in range(len(means)):
            means[i] /= period
            total[i] = 0.0
        for lag in range(period):
            _add_distances(prices[reach - lag :], means, total)
        _deviate_all(prices[reach:], means, total, 1.0 / period, result)
    return bad


@lane_kernel
def _deviate_all(prices: F64, means: F64, totals: F64, share: float, out: F64) -> None:
    for i in range(len(out)):
        out[i] = _deviate(prices[i], means[i], totals[i], share)


@kernel
def _typical_prices(high: F64, low: F64, close: F64, out: F64) -> None:
    for i in range(len(out)):
        out[i] = (high[i] + low[i] + close[i]) / 3.0


@kernel
def _add_distances(prices: F64, means: F64, totals: F64) -> None:
    for i in range(len(totals)):
        totals[i] += abs(prices[i] - means[i])


@inline_kernel
def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else 0.0


@lean_kernel
def _ultimate(
    state: F64, fast: int, middle: int, slow: int, high: F64, low: F64, close: F64, out: F64
) -> None:
    seen, before, a = int(state[0]), state[1], 2 + ring_cells(fast)
    b = a + ring_cells(fast)
    c = b + ring_cells(middle)
    d = c + ring_cells(middle)
    e = d + ring_cells(slow)
    fast_part, fast_whole, middle_part = state[2:a], state[a:b], state[b:c]
    middle_whole, slow_part, slow_whole = state[c:d], state[d:e], state[e:]
    for i in range(len(close)):
        value, last = nan, seen - 1
        if seen > 0:
            part = close[i] - min(low[i], before)
            width = true_range(high[i], low[i], before)
            first = _share(push_sum(fast_part, last, fast, part),
                           push_sum(fast_whole, last, fast, width))  # fmt: skip
            second = _share(push_sum(middle_part, last, middle, part),
                            push_sum(middle_whole, last, middle, width))  # fmt: skip
            third = _share(push_sum(slow_part, last, slow, part),
                           push_sum(slow_whole, last, slow, width))  # fmt: skip
            if seen >= slow:
                value = (4.0 * first + 2.0 * second + third) * _SEVENTH
        out[0, i] = value
        before = close[i]
        seen += 1
    state[0], state[1] = seen, before


@kernel
def _ultimate_whole(
    fast: int, middle: int, slow: int, high: F64, low: F64, close: F64, out: F64
) -> int:
    work = work_rows(10, slow, len(close))
    return _ultimate_pieces(fast, middle, slow, high, low, close, work, out[0])


@lean_kernel
def _ultimate_pieces(
    fast: int, middle: int, slow: int, high: F64, low: F64, close: F64, work: F64, row: F64
) -> int:
    """Where a length is twice the one before, or one more, its sums are one step from those."""
    piece = piece_bars(slow + 1)
    row[: min(slow, len(row))] = nan
    if len(close) <= slow:
        return unknown_bars(high, low, close)
    bad = unknown_bars(high[:1], low[:1], close[:1])
    for start in range(slow, len(close), piece):
        result = row[start : start + piece]
        first, end = start - slow, start + len(result)
        parts, widths = work[2, : end - first - 1], work[3, : end - first - 1]
        bad += _pressures(high[first + 1 : end], low[first + 1 : end], close[first:end], parts,
                          widths)  # fmt: skip
        for values, at in ((parts, 4), (widths, 7)):
            size = len(values) + 1
            near, far = work[at, : size - fast], work[at + 1, : size - middle]
            sum_piece(values, fast, 1.0, work, near)
            _longer_sums(values, fast, near, middle, work, far)
            _longer_sums(values, middle, far, slow, work, work[at + 2, : size - slow])
        _weigh_shares(work[4:], fast, middle, slow, result)
    return bad


@kernel
def _pressures(high: F64, low: F64, close: F64, parts: F64, widths: F64) -> int:
    """What was bought in each bar, and its true range; ``close`` begins one bar before. Returns in
    how many bars something is not finite.
    """
    newest, bad = close[1:], 0
    for i in range(len(parts)):
        top, bottom, before = high[i], low[i], close[i]
        bad += not abs(top + bottom + newest[i]) <= 1.7976931348623157e308
        parts[i] = newest[i] - min(bottom, before)
        widths[i] = true_range(top, bottom, before)
    return bad


@lean_kernel
def _longer_sums(
    values: F64, length: int, sums: F64, period: int, work: F64, out: F64
) -> None:  # fmt: skip
    """Sums over ``period`` values, from those over ``length`` where doubling passes there."""
    if period // 2 == length:
        double(values[period - 1 :], period % 2, sums[length:], sums, 1.0, out)
    else:
        sum_piece(values, period, 1.0, work, out)


@lane_kernel
def _weigh_shares(sums: F64, fast: int, middle: int, slow: int, out: F64) -> None:
    """``sums``: of what was bought over the three lengths, and of the ranges."""
    a, b, c = sums[0, slow - fast :], sums[1, slow - middle :], sums[2]
    d, e, f = sums[3, slow - fast :], sums[4, slow - middle :], sums[5]
    for i in range(len(out)):
        value = 4.0 * _share(a[i], d[i]) + 2.0 * _share(b[i], e[i])
        out[i] = (value + _share(c[i], f[i])) * _SEVENTH


@lean_kernel
def _awesome(state: F64, fast: int, slow: int, high: F64, low: F64, out: F64) -> None:
    seen, middle = int(state[0]), 1 + ring_cells(fast)
    near_rings, far_rings = state[1:middle], state[middle:]
    for i in range(len(high)):
        price = (high[i] + low[i]) / 2.0
        near = push_sum(near_rings, seen, fast, price) * (1.0 / fast)
        far = push_sum(far_rings, seen, slow, price) * (1.0 / slow)
        seen += 1
        out[0, i] = near - far if seen >= slow else nan
    state[0] = seen


@kernel
def _awesome_whole(fast: int, slow: int, high: F64, low: F64, out: F64) -> int:
    reach, piece, row = slow - 1, piece_bars(slow), out[0]
    row[: min(reach, len(row))] = nan
    work = work_rows(4, reach, len(high))
    bad = _middles(high[:reach], low[:reach], work[2])
    for start in range(reach, len(high), piece):
        result, first = row[start : start + piece], start - reach
        prices, near = work[2, : len(result) + reach], work[3, : len(result)]
        bad += _middles(high[first : start + piece], low[first : start + piece], prices)
        sum_piece(prices[slow - fast :], fast, 1.0 / fast, work, near)
        sum_piece(prices, slow, 1.0 / slow, work, result)
        for i in range(len(result)):
            result[i] = near[i] - result[i]
    return bad


@kernel
def _middles(high: F64, low: F64, out: F64) -> int:
    """The middle of each bar; how many are not finite."""
    bad = 0
    for i in range(len(high)):
        price = (high[i] + low[i]) / 2.0
        bad += not abs(price) <= 1.7976931348623157e308
        out[i] = price
    return bad


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE)
MOMENTUM = Indicator(
    "momentum", "Momentum", "Close minus the close n bars ago", Family.MOMENTUM,
    (period(10),), (Input.CLOSE,), (Output("momentum", "Mom"),),
    Pane(overlay=False, levels=(0.0,)),
    "close − close n bars ago",
    _momentum, lambda n: 1 + n, lambda n: n, whole=_momentum_whole,
)  # fmt: skip
ROC = Indicator(
    "roc", "Rate of change", "Change over n bars in percent", Family.MOMENTUM,
    (period(10),), (Input.CLOSE,), (Output("roc", "ROC"),),
    Pane(overlay=False, levels=(0.0,)),
    "100 (close / close n bars ago − 1)",
    _roc, lambda n: 1 + n, lambda n: n,
    note="A close of zero n bars ago: 0.", whole=_roc_whole,
)  # fmt: skip
CCI = Indicator(
    "cci", "Commodity channel index", "Distance from the mean in mean deviations", Family.MOMENTUM,
    (period(20),), _BARS, (Output("cci", "CCI"),),
    Pane(overlay=False, levels=(-100.0, 0.0, 100.0)),
    "Lambert, Commodity Channel Index, Commodities 1980",
    _cci, lambda n: 1 + n + ring_cells(n), lambda n: n - 1,
    note="Equal prices, up to rounding: 0. Costs n steps per bar: a mean deviation does not slide.",
    whole=_cci_whole,
)  # fmt: skip
ULTIMATE = Indicator(
    "ultimate", "Ultimate oscillator", "Buying pressure over three lengths", Family.MOMENTUM,
    (period(7, "fast", "Fast length"), period(14, "middle", "Middle length"),
     period(28, "slow", "Slow length")),
    _BARS, (Output("ultimate", "UO"),),
    Pane(overlay=False, low=0.0, high=100.0, levels=(30.0, 50.0, 70.0)),
    "Williams, The Ultimate Oscillator, TASC 1985",
    _ultimate, lambda *lengths: 2 + 2 * sum(map(ring_cells, lengths)), lambda _a, _b, slow: slow,
    rules=(Rule("fast", "middle"), Rule("middle", "slow")),
    note="No range over a length: that length counts 0.", whole=_ultimate_whole,
)  # fmt: skip
AWESOME = Indicator(
    "awesome", "Awesome oscillator", "Difference of two means of bar middles", Family.MOMENTUM,
    (period(5, "fast", "Fast length"), period(34, "slow", "Slow length")),
    (Input.HIGH, Input.LOW), (Output("awesome", "AO", Style.HISTOGRAM, Line.UP),), OWN,
    "Williams, New Trading Dimensions, 1998",
    _awesome, lambda a, b: 1 + ring_cells(a) + ring_cells(b), lambda _fast, slow: slow - 1,
    rules=(Rule("fast", "slow"),), whole=_awesome_whole,
)  # fmt: skip


def momentum(close: ArrayLike, period: int = 10) -> F64:
    """Close minus the close ``period`` bars ago; float64 of shape (n,)."""
    return line(MOMENTUM, (close,), period=period)


def roc(close: ArrayLike, period: int = 10) -> F64:
    """Change over ``period`` bars in percent; float64 of shape (n,)."""
    return line(ROC, (close,), period=period)


def cci(high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int = 20) -> F64:
    """Commodity channel index; inputs and result float64 of shape (n,)."""
    return line(CCI, (high, low, close), period=period)


def ultimate(
    high: ArrayLike, low: ArrayLike, close: ArrayLike,
    fast: int = 7, middle: int = 14, slow: int = 28,
) -> F64:  # fmt: skip
    """Ultimate oscillator, 0 to 100; inputs and result float64 of shape (n,)."""
    return line(ULTIMATE, (high, low, close), fast=fast, middle=middle, slow=slow)


def awesome(high: ArrayLike, low: ArrayLike, fast: int = 5, slow: int = 34) -> F64:
    """Awesome oscillator; inputs and result float64 of shape (n,)."""
    return line(AWESOME, (high, low), fast=fast, slow=slow)
