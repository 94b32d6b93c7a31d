"""Price and traded volume together."""

from math import nan

from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.parts import F64, I64, poison
from indicators.spec import (
    OVERLAY,
    OWN,
    Family,
    Indicator,
    Input,
    Line,
    Output,
    Pane,
    Parameter,
    period,
)
from indicators.sweeps import (
    late_start,
    piece_bars,
    sum_piece,
    unknown,
    unknown_bars,
    work_rows,
)
from indicators.windows import push_sum, ring_cells
from market.kernel import inline_kernel, kernel, lane_kernel, lean_kernel

__all__ = ["accumulation", "anchored_vwap", "chaikin", "mfi", "obv", "session_vwap"]

_HOUR = 3_600_000_000_000
_SECOND = 1_000_000_000
_STRIP = 32


@lane_kernel
def _session_vwap(
    state: F64, hour: int, time_ns: I64, high: F64, low: F64, close: F64, volume: F64, out: F64
) -> None:
    day, money, traded = int(state[0]), state[1], state[2]
    for i in range(len(close)):
        today = (time_ns[i] - hour * _HOUR) // (24 * _HOUR) + 1
        if today != day:
            day, money, traded = today, 0.0, 0.0
        price = (high[i] + low[i] + close[i]) / 3.0
        money += price * volume[i]
        traded += volume[i]
        out[0, i] = money / traded if traded > 0.0 else price
    state[0], state[1], state[2] = day, money, traded


@lane_kernel
def _anchored_vwap(
    state: F64, anchor: int, time_ns: I64, high: F64, low: F64, close: F64, volume: F64, out: F64
) -> None:
    money, traded, guard = state[0], state[1], state[2]
    for i in range(len(close)):
        guard += poison(high[i] + low[i] + close[i] + volume[i])
        out[0, i] = nan
        if time_ns[i] >= anchor * _SECOND:
            prices = high[i] + low[i] + close[i]
            money += prices * volume[i]
            traded += volume[i]
            out[0, i] = money / (3.0 * traded) if traded > 0.0 else prices / 3.0
    state[0], state[1], state[2] = money, traded, guard


@lean_kernel
def _obv(state: F64, close: F64, volume: F64, out: F64) -> None:
    seen, before, total, guard = state[0], state[1], state[2], state[3]
    for i in range(len(close)):
        guard += poison(close[i]) + poison(volume[i])
        risen = seen == 0.0 or close[i] > before
        rest = -volume[i] if close[i] < before else 0.0
        total += volume[i] if risen else rest
        seen, before = 1.0, close[i]
        out[0, i] = total
    state[0], state[1], state[2], state[3] = seen, before, total, guard


@inline_kernel
def _money(high: float, low: float, close: float, volume: float) -> float:
    """Volume weighted by the place of the close in the bar, −1 (low) to 1 (high); no range: 0.

    NaN where anything is not finite.
    """
    flat, place = high <= low, (close - low) - (high - close)
    place = 0.0 * place if flat else place
    return place / (1.0 if flat else high - low) * volume


@lean_kernel
def _accumulation(state: F64, high: F64, low: F64, close: F64, volume: F64, out: F64) -> None:
    for i in range(len(close)):
        here = out[0, i : i + 1]
        here[0] = _money(high[i], low[i], close[i], volume[i])
        state[0], state[1], state[2] = _accumulate(state[0], state[1], state[2], here)


@lean_kernel
def _accumulation_whole(high: F64, low: F64, close: F64, volume: F64, out: F64) -> int:
    """In strips short enough for the flows of the next to be on their way, which takes the memory
    its time, while those of one are added up. The flows of the late part wait for its turn.
    """
    last, total, before, late, row = 0.0, 0.0, 0.0, late_start(len(close)), out[0]
    bad = _flows(high[late:], low[late:], close[late:], volume[late:], row[late:])
    for start in range(0, late, _STRIP):
        end = min(start + _STRIP, late)
        part, traded = row[start:end], volume[start:end]
        bad += _flows(high[start:end], low[start:end], close[start:end], traded, part)
        last, total, before = _accumulate(last, total, before, part)
    _accumulate(last, total, before, row[late:])
    return bad


@lean_kernel
def _accumulate(last: float, total: float, before: float, flows: F64) -> tuple[float, float, float]:
    """Sums in place of the flows, each from the one before the last: two chains of half the steps.

    Before them came the sums ``last`` and ``total``, and the flow ``before``; as returned.
    """
    for i in range(len(flows)):
        flow = flows[i]
        last, total, before = total, last + (before + flow), flow
        flows[i] = total
    return last, total, before


@lean_kernel
def _chaikin(
    state: F64, period: int, high: F64, low: F64, close: F64, volume: F64, out: F64
) -> None:
    seen, middle = int(state[0]), 1 + ring_cells(period)
    money, rings = state[1:middle], state[middle:]
    for i in range(len(close)):
        flow = _money(high[i], low[i], close[i], volume[i])
        total = push_sum(money, seen, period, flow)
        traded = push_sum(rings, seen, period, volume[i])
        seen += 1
        value = total / traded if traded > 0.0 else 0.0
        out[0, i] = value if seen >= period else nan
    state[0] = seen


@kernel
def _chaikin_whole(period: int, high: F64, low: F64, close: F64, volume: F64, out: F64) -> int:
    work = work_rows(5, period - 1, len(close))
    return _chaikin_parts(period, high, low, close, volume, work, out[0])


@lean_kernel
def _chaikin_parts(
    period: int, high: F64, low: F64, close: F64, volume: F64, work: F64, row: F64
) -> int:  # fmt: skip
    reach, count = period - 1, len(close)
    first, late = min(reach, count), late_start(count)
    begin = late - first
    row[:first] = nan
    bad = _flows(high[:first], low[:first], close[:first], volume[:first], work[2])
    bad += _chaikin_pieces(
        period, high[begin:], low[begin:], close[begin:], volume[begin:], work, row[late:]
    )
    return bad + _chaikin_pieces(period, high, low, close, volume, work, row[first:late])


@lean_kernel
def _chaikin_pieces(
    period: int, high: F64, low: F64, close: F64, volume: F64, work: F64, row: F64
) -> int:  # fmt: skip
    """The inputs begin ``period - 1`` bars before ``row``."""
    reach, piece, bad = period - 1, piece_bars(period), 0
    for start in range(0, len(row), piece):
        result = row[start : start + piece]
        end = start + len(result) + reach
        flows, sums = work[2, : end - start], work[3, : len(result)]
        traded = volume[start:end]
        bad += _flows(high[start:end], low[start:end], close[start:end], traded, flows)
        if period % 4 == 0:
            near = work[4, : len(flows) - period // 4 + 1]
            sum_piece(flows, period // 4, 1.0, work, near)
            sum_piece(traded, period // 4, 1.0, work, work[3, : len(near)])
            _four_shares(work[3], near, period // 4, result)
        else:
            sum_piece(flows, period, 1.0, work, result)
            sum_piece(traded, period, 1.0, work, sums)
            _shares(sums, result)
    return bad


@lane_kernel
def _flows(high: F64, low: F64, close: F64, volume: F64, out: F64) -> int:
    """The money flow of each bar; how many are not finite."""
    bad = 0
    for i in range(len(close)):
        flow = _money(high[i], low[i], close[i], volume[i])
        bad += not abs(flow) <= 1.7976931348623157e308
        out[i] = flow
    return bad


@lane_kernel
def _shares(traded: F64, flows: F64) -> None:
    """In place of the flows."""
    for i in range(len(flows)):
        flows[i] = flows[i] / traded[i] if traded[i] > 0.0 else 0.0


@lane_kernel
def _four_shares(traded: F64, flows: F64, length: int, out: F64) -> None:
    """Two doublings of windows of ``length`` bars, done while the divisions take their time."""
    a, b, c = flows[3 * length :], flows[2 * length :], flows[length:]
    d, e, f = traded[3 * length :], traded[2 * length :], traded[length:]
    for i in range(len(out)):
        total = (d[i] + e[i]) + (f[i] + traded[i])
        flow = (a[i] + b[i]) + (c[i] + flows[i])
        out[i] = flow / total if total > 0.0 else 0.0


@lean_kernel
def _mfi(state: F64, period: int, high: F64, low: F64, close: F64, volume: F64, out: F64) -> None:
    seen, before, middle = int(state[0]), state[1], 2 + ring_cells(period)
    rings_in, rings_out = state[2:middle], state[middle:]
    for i in range(len(close)):
        price = (high[i] + low[i] + close[i]) / 3.0
        value = nan
        if seen > 0:
            flow, tie, last = price * volume[i], 1e-14 * abs(before), seen - 1
            bought = push_sum(rings_in, last, period, flow if price - before > tie else 0.0)
            sold = push_sum(rings_out, last, period, flow if before - price > tie else 0.0)
            if seen >= period:
                value = _flow_share(bought, sold)
        out[0, i] = value
        before = price
        seen += 1
    state[0], state[1] = seen, before


@kernel
def _mfi_whole(period: int, high: F64, low: F64, close: F64, volume: F64, out: F64) -> int:
    work = work_rows(6, period, len(close))
    return _mfi_pieces(period, high, low, close, volume, work, out[0])


@lean_kernel
def _mfi_pieces(
    period: int, high: F64, low: F64, close: F64, volume: F64, work: F64, row: F64
) -> int:  # fmt: skip
    piece, count = piece_bars(period + 1), len(close)
    row[: min(period, count)] = nan
    if count <= period:
        return unknown_bars(high, low, close) + unknown(volume)
    bad = unknown_bars(high[:1], low[:1], close[:1]) + unknown(volume[:1])
    for start in range(period, count, piece):
        result = row[start : start + piece]
        first, end = start - period, start + len(result)
        prices, bought, sold = work[2, : end - first], work[3], work[4]
        bad += _typical_prices(high[first:end], low[first:end], close[first:end],
                               volume[first:end], prices)  # fmt: skip
        _split_flows(prices, volume[first + 1 : end], bought, sold)
        sums = work[5, : len(result)]
        sum_piece(bought[: end - first - 1], period, 1.0, work, sums)
        sum_piece(sold[: end - first - 1], period, 1.0, work, result)
        _flow_shares(sums, result)
    return bad


@kernel
def _typical_prices(high: F64, low: F64, close: F64, volume: F64, out: F64) -> int:
    """Returns in how many bars something is not finite."""
    bad = 0
    for i in range(len(out)):
        total = high[i] + low[i] + close[i]
        bad += not abs(total + volume[i]) <= 1.7976931348623157e308
        out[i] = total / 3.0
    return bad


@kernel
def _split_flows(prices: F64, volume: F64, bought: F64, sold: F64) -> None:
    """``prices`` begin one bar before the rest."""
    newest = prices[1:]
    for i in range(len(volume)):
        price, before = newest[i], prices[i]
        change, flow, tie = price - before, price * volume[i], 1e-14 * abs(before)
        bought[i] = flow if change > tie else 0.0
        sold[i] = flow if -change > tie else 0.0


@lane_kernel
def _flow_shares(bought: F64, sold: F64) -> None:
    """In place of what was sold."""
    for i in range(len(sold)):
        sold[i] = _flow_share(bought[i], sold[i])


@inline_kernel
def _flow_share(bought: float, sold: float) -> float:
    return 100.0 * bought / (bought + sold) if bought + sold > 0.0 else 50.0


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE, Input.VOLUME)
_TYPICAL = "Σ typical price·volume / Σ volume, typical price = (high + low + close) / 3"
SESSION_VWAP = Indicator(
    "session_vwap", "Volume-weighted average price", "Mean price of the day by traded volume",
    Family.VOLUME,
    (Parameter("hour", "Day starts at hour (UTC)", 0, 0, 23),),
    (Input.TIME, *_BARS), (Output("vwap", "VWAP", role=Line.B),), OVERLAY, _TYPICAL,
    _session_vwap, lambda _: 3, lambda _: 0,
    note="No volume yet: the typical price. TA-Lib has one session from the first bar.",
)  # fmt: skip
ANCHORED_VWAP = Indicator(
    "anchored_vwap", "Anchored VWAP", "Mean price since a moment by traded volume", Family.VOLUME,
    (Parameter("anchor", "From (Unix seconds, UTC)", 0, 0, 4_102_444_800),),
    (Input.TIME, *_BARS), (Output("vwap", "AVWAP", role=Line.C),), OVERLAY, _TYPICAL,
    _anchored_vwap, lambda _: 3, lambda _: 0, guarded=True,
    note="NaN before the anchor. No volume yet: the typical price.",
)  # fmt: skip
OBV = Indicator(
    "obv", "On-balance volume", "Volume added on rises, taken off on falls", Family.VOLUME,
    (), (Input.CLOSE, Input.VOLUME), (Output("obv", "OBV"),), OWN,
    "Granville, New Key to Stock Market Profits, 1963; starts with the first bar's volume",
    _obv, lambda: 4, lambda: 0, guarded=True,
)  # fmt: skip
ACCUMULATION = Indicator(
    "accumulation", "Accumulation/distribution", "Volume weighted by the close's place in its bar",
    Family.VOLUME,
    (), _BARS, (Output("accumulation", "A/D"),), OWN,
    "Chaikin; Σ volume·((close − low) − (high − close)) / (high − low)",
    _accumulation, lambda: 3, lambda: 0,
    note="A bar without range: 0.", whole=_accumulation_whole,
)  # fmt: skip
CHAIKIN = Indicator(
    "chaikin", "Chaikin money flow", "Accumulation over n bars as a share of volume",
    Family.VOLUME,
    (period(20),), _BARS, (Output("chaikin", "CMF"),),
    Pane(overlay=False, low=-1.0, high=1.0, levels=(0.0,)),
    "Chaikin; Σ money flow volume / Σ volume over n bars",
    _chaikin, lambda n: 1 + 2 * ring_cells(n), lambda n: n - 1,
    note="No volume in n bars, or a bar without range: 0.", whole=_chaikin_whole,
)  # fmt: skip
MFI = Indicator(
    "mfi", "Money flow index", "Share of money flowing in, by typical price", Family.VOLUME,
    (period(14),), _BARS, (Output("mfi", "MFI", role=Line.B),),
    Pane(overlay=False, low=0.0, high=100.0, levels=(20.0, 50.0, 80.0)),
    "Quong and Soudack, Volume-weighted RSI: money flow, TASC 1989",
    _mfi, lambda n: 2 + 2 * ring_cells(n), lambda n: n,
    note="No flow at all: 50; TA-Lib gives 0. Prices that differ by rounding alone are equal.",
    whole=_mfi_whole,
)  # fmt: skip


def session_vwap(
    time_ns: ArrayLike, high: ArrayLike, low: ArrayLike, close: ArrayLike, volume: ArrayLike,
    hour: int = 0,
) -> F64:  # fmt: skip
    """Mean price by volume since ``hour`` UTC of each day; ``time_ns`` int64, all of shape (n,)."""
    return line(SESSION_VWAP, (time_ns, high, low, close, volume), hour=hour)


def anchored_vwap(
    time_ns: ArrayLike, high: ArrayLike, low: ArrayLike, close: ArrayLike, volume: ArrayLike,
    anchor: int = 0,
) -> F64:  # fmt: skip
    """Mean price by volume from ``anchor`` (Unix seconds) on; ``time_ns`` int64, shape (n,)."""
    return line(ANCHORED_VWAP, (time_ns, high, low, close, volume), anchor=anchor)


def obv(close: ArrayLike, volume: ArrayLike) -> F64:
    """On-balance volume; inputs and result float64 of shape (n,)."""
    return line(OBV, (close, volume))


def accumulation(high: ArrayLike, low: ArrayLike, close: ArrayLike, volume: ArrayLike) -> F64:
    """Accumulation/distribution line; inputs and result float64 of shape (n,)."""
    return line(ACCUMULATION, (high, low, close, volume))


def chaikin(
    high: ArrayLike, low: ArrayLike, close: ArrayLike, volume: ArrayLike, period: int = 20
) -> F64:
    """Chaikin money flow, −1 to 1; inputs and result float64 of shape (n,)."""
    return line(CHAIKIN, (high, low, close, volume), period=period)


def mfi(
    high: ArrayLike, low: ArrayLike, close: ArrayLike, volume: ArrayLike, period: int = 14
) -> F64:
    """Money flow index, 0 to 100; inputs and result float64 of shape (n,)."""
    return line(MFI, (high, low, close, volume), period=period)
