"""Every indicator by its key, and the table of them in ``docs/indicators.md``."""

from collections.abc import Mapping
from types import MappingProxyType

from indicators import (
    averages,
    channels,
    momentum,
    moving,
    oscillators,
    trend,
    volatility,
    volume,
)  # fmt: skip
from indicators.errors import UnknownIndicator
from indicators.spec import Family, Indicator

__all__ = ["INDICATORS", "find", "table"]

INDICATORS: Mapping[str, Indicator] = MappingProxyType({
    indicator.key: indicator
    for indicator in (
        moving.SMA, moving.EMA, moving.WMA, averages.DEMA, averages.TEMA, moving.HMA, moving.KAMA,
        channels.REGRESSION, trend.ICHIMOKU, trend.PARABOLIC_SAR, trend.SUPERTREND, trend.ADX,
        trend.AROON,
        oscillators.RSI, oscillators.STOCHASTIC, oscillators.STOCHASTIC_RSI, averages.MACD,
        averages.PPO, momentum.ROC, momentum.MOMENTUM, momentum.CCI, oscillators.WILLIAMS,
        averages.TRIX, momentum.ULTIMATE, momentum.AWESOME,
        channels.BOLLINGER, channels.KELTNER, channels.DONCHIAN, volatility.ATR, volatility.NATR,
        volatility.STDEV, volatility.ZSCORE,
        moving.VWMA, volume.SESSION_VWAP, volume.ANCHORED_VWAP, volume.OBV, volume.ACCUMULATION,
        volume.CHAIKIN, volume.MFI,
    )
})  # fmt: skip
"""In the order in which they are listed, family by family."""


def find(key: str) -> Indicator:
    """The indicator of that key; raises :class:`UnknownIndicator` listing those there are."""
    try:
        return INDICATORS[key]
    except KeyError:
        raise UnknownIndicator(key, INDICATORS) from None


def table() -> str:
    """All indicators as Markdown tables, one per family."""
    return "\n".join(_section(family) for family in Family)


def _section(family: Family) -> str:
    rows = [_row(indicator) for indicator in INDICATORS.values() if indicator.family is family]
    head = "| key | title | parameters | inputs | outputs | pane | warm-up | source, differences |"
    return "\n".join([f"## {family}", "", head, "|" + "---|" * 8, *rows, ""])


def _row(indicator: Indicator) -> str:
    parameters = [f"{p.name} {p.default:,} ({p.low:,} – {p.high:,})" for p in indicator.parameters]
    defaults = [parameter.default for parameter in indicator.parameters]
    pane = indicator.pane
    place = "over the candles" if pane.overlay else "own"
    if pane.low is not None and pane.high is not None:
        place += f", {pane.low:g} to {pane.high:g}"
    if pane.levels:
        place += f", levels {' '.join(f'{level:g}' for level in pane.levels)}"
    source = ". ".join(text.rstrip(".") for text in (indicator.source, indicator.note) if text)
    cells = [
        f"`{indicator.key}`", f"{indicator.title}: {indicator.description}",
        "; ".join(parameters) or "–", ", ".join(indicator.inputs),
        ", ".join(f"{output.name} ({output.style})" for output in indicator.outputs),
        place, str(indicator.warm_up(*defaults)), f"{source}.",
    ]  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
