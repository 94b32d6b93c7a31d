"""Where a price axis has ticks, and what they say."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log, log10

from chart_acceleration.numbers import percent_text, price_text
from chart_acceleration.scales import TICK_SPACING, PriceScale

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_DECIMALS = 15
PERCENT_DECIMALS = 2
CLOSEST = 28.0
"""CSS pixels between the two highest ticks of a logarithmic axis, about, at least."""
LEAST_GAP = 20.0
"""CSS pixels that ticks at 1, 2 and 5 times powers of ten must be apart."""
LEAST_STEP, MOST_STEP = 1e-300, 1e308
LEAST_POWER, MOST_POWER = -300, 308
MOST_MULTIPLE = 1e15
DECADE = log(10.0)
PANE_ROOM = 8.0
"""CSS pixels that a pane's tick stays away from its edges."""
PANE_SPACING = 24.0
"""CSS pixels between two ticks of a pane, about, at least."""
PANE_GAP = 16.0
"""CSS pixels between two ticks of a pane, at least."""
FEWEST, MOST = 2, 4

Text = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class PriceTicks:
    """``values`` with a grid line and a label, highest first; ``text`` writes any value of the
    axis; ``decimals`` of a price beside it.
    """

    values: tuple[float, ...]
    text: Text
    decimals: int


def tick_step(price_per_tick: float) -> tuple[float, int]:
    """The step 1, 2, 2.5 or 5 times a power of ten nearest (by ratio) to ``price_per_tick``, and
    its decimals.
    """
    price_per_tick = min(max(price_per_tick, LEAST_STEP), MOST_STEP)
    power = floor(log10(price_per_tick))
    share, digit = price_per_tick / 10.0**power, STEPS[0]
    for smaller, larger in pairwise(STEPS):
        digit = larger if share * share > smaller * larger else digit
    if digit == STEPS[-1]:
        digit, power = STEPS[0], power + 1
    return digit * 10.0**power, max(0, (1 if digit == 2.5 else 0) - power)


def multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    """Multiples of ``step`` from ``low`` to ``high``, highest first; none where float64 does not
    tell them apart.
    """
    if not max(abs(low), abs(high)) < MOST_MULTIPLE * step:
        return ()
    first, last = ceil(low / step), floor(high / step)
    return tuple(number * step for number in range(last, first - 1, -1))


def linear_ticks(scale: PriceScale, decimals: int, css: float) -> PriceTicks:
    """Ticks about 44 CSS pixels (of ``css`` device pixels) apart, labelled with prices of at least
    ``decimals``.
    """
    step, needed = tick_step(round(TICK_SPACING * css) / scale.per_price)
    decimals = max(decimals, min(needed, MOST_DECIMALS))
    return PriceTicks(
        multiples(scale.bottom, scale.top, step),
        lambda value: price_text(value, decimals),
        decimals,
    )


def percent_ticks(scale: PriceScale, base: float, decimals: int, css: float) -> PriceTicks:
    """Ticks at whole steps of the change since ``base``, which is not zero, in percent of its
    size. Prices beside the axis keep ``decimals``.
    """
    unit = abs(base) / 100.0
    step, needed = tick_step(round(TICK_SPACING * css) / (scale.per_price * unit))
    digits = max(PERCENT_DECIMALS, min(needed, MOST_DECIMALS))
    shares = multiples((scale.bottom - base) / unit, (scale.top - base) / unit, step)
    return PriceTicks(
        tuple(base + share * unit for share in shares),
        lambda value: percent_text((value - base) / unit, digits),
        decimals,
    )


def log_ticks(scale: PriceScale, decimals: int, css: float) -> PriceTicks:
    """Ticks of a logarithmic scale: 1, 2 and 5 times powers of ten where it spans more than a
    decade, else one linear step.
    """
    if scale.top - scale.bottom > DECADE:
        return _decade_ticks(scale, decimals, css)
    top, bottom = scale.price(0.0), scale.price(scale.height)
    middle = scale.price(scale.height / 2)
    wanted = max(TICK_SPACING * middle, CLOSEST * top) * css / scale.per_price
    step, needed = tick_step(wanted)
    decimals = max(decimals, min(needed, MOST_DECIMALS))
    return PriceTicks(
        multiples(bottom, top, step), lambda value: price_text(value, decimals), decimals
    )


def pane_ticks(scale: PriceScale, css: float, known: bool) -> PriceTicks:
    """Two to four ticks of a study's pane, fewer where labels have no room; none unless the range
    is ``known``.
    """
    room = round(PANE_ROOM * css)
    low, high = scale.price(scale.height - room), scale.price(room)
    spacing = max(PANE_SPACING * css, scale.height / 3.3)
    step, _ = tick_step(spacing / scale.per_price)
    finer, _ = tick_step(0.7 * spacing / scale.per_price)
    if len(multiples(low, high, step)) < FEWEST and finer * scale.per_price >= PANE_GAP * css:
        step = finer
    for wider in (1.3, 1.7, 2.2):
        if len(multiples(low, high, step)) > MOST:
            step, _ = tick_step(wider * spacing / scale.per_price)
    decimals = min(max(0, 2 - floor(log10(step))), MOST_DECIMALS)
    values = multiples(low, high, step) if known else ()
    return PriceTicks(values, lambda value: short_text(value, decimals), decimals)


def short_text(value: float, decimals: int) -> str:
    """As :func:`chart_acceleration.numbers.price_text`; thousands, millions and more by letter
    where they would not fit beside a pane: ``−12.3K``.
    """
    if abs(value) < 1e4:
        return price_text(value, decimals)
    for limit, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")):
        if abs(value) >= limit:
            return price_text(value / limit, 2 if abs(value) < 10 * limit else 1) + letter
    return price_text(value, decimals)


def _decade_ticks(scale: PriceScale, decimals: int, css: float) -> PriceTicks:
    gap = LEAST_GAP * css / scale.per_price
    digits = (1.0, 2.0, 5.0) if log(2.0) >= gap else (1.0,)
    every = max(1, ceil(gap / DECADE))
    first = max(floor(scale.bottom / DECADE), LEAST_POWER)
    last = min(ceil(scale.top / DECADE), MOST_POWER)
    found = [
        digit * 10.0**power
        for power in range(last, first - 1, -1)
        if power % every == 0
        for digit in reversed(digits)
    ]
    inside = tuple(value for value in found if scale.bottom <= log(value) <= scale.top)
    return PriceTicks(inside, lambda value: price_text(value, _needed(value, decimals)), decimals)


def _needed(value: float, decimals: int) -> int:
    """Decimals that show the two leading digits of ``value``, ``decimals`` at least."""
    if value <= 0.0:
        return decimals
    return max(decimals, min(MOST_DECIMALS, (0 if value >= 1.0 else 1) - floor(log10(value))))
