"""From a request's plain numbers to what the engine takes, with sentences in the page's units."""

from collections.abc import Iterable, Mapping
from math import isfinite

from research.errors import RequestError
from research.views import BacktestRequest, ConventionView
from trading.backtest import Direction, Fill, Setup
from trading.engine.policies import Fees, Margin, Policies, Slippage
from trading.engine.records import Path
from trading.errors import TradingError
from trading.metrics import Convention, Period

__all__ = ["checked_setup", "convention_of", "setup_of"]

MAINTENANCE = 0.005
"""Of the exposure, below which a leveraged account is closed: what large venues ask of BTC."""

_BOUNDS: Mapping[str, tuple[str, float, float]] = {
    "capital": ("capital", 1e-9, 1e15),
    "fee_percent": ("fee", 0, 10),
    "slippage_bp": ("slippage", 0, 1000),
    "size_percent": ("size", 0.01, 100),
    "leverage": ("leverage", 1, 125),
    "stop_loss_percent": ("stop-loss", 0.001, 99.999),
    "take_profit_percent": ("take-profit", 0.001, 10_000),
}
_UNITS = {"fee_percent": " %", "slippage_bp": " basis points", "size_percent": " %",
          "stop_loss_percent": " %", "take_profit_percent": " %"}  # fmt: skip


def checked_setup(request: BacktestRequest) -> tuple[Setup, Convention]:
    """Setup and convention; raises :class:`RequestError` with a sentence for the first problem."""
    for name, (words, low, high) in _BOUNDS.items():
        value = getattr(request, name)
        if value is not None and not (isfinite(value) and low <= value <= high):
            unit = _UNITS.get(name, "")
            raise RequestError(f"{words} was {value:g}{unit}; allowed are {low:,g} to {high:,g}")
    try:
        return setup_of(request), convention_of(request.convention)
    except TradingError as error:
        raise RequestError(str(error)) from None


def setup_of(request: BacktestRequest) -> Setup:
    """Raises :class:`RequestError` for unknown words, :class:`TradingError` outside bounds."""
    paths = {path.name.lower(): path for path in Path}
    fee = request.fee_percent / 100
    maintenance = MAINTENANCE if request.leverage > 1 else 0.0
    return Setup(
        capital=request.capital,
        policies=Policies(
            fees=Fees(fee, fee),
            slippage=Slippage(request.slippage_bp / 10_000),
            margin=Margin(request.leverage, maintenance),
            path=paths[_word("path", request.path, paths)],
        ),
        direction=Direction(_word("direction", request.direction, Direction)),
        size=request.size_percent / 100,
        stop_loss=_share(request.stop_loss_percent),
        take_profit=_share(request.take_profit_percent),
        fill=Fill(_word("fill", request.fill, Fill)),
    )


def convention_of(view: ConventionView) -> Convention:
    """Raises :class:`RequestError` for an unknown period, :class:`TradingError` outside bounds."""
    period = Period(_word("period", view.period, Period))
    return Convention(period, view.days_per_year, view.risk_free_percent / 100)


def _word(name: str, given: str, allowed: Iterable[str]) -> str:
    words = [str(each) for each in allowed]
    if given not in words:
        raise RequestError(f"{name} was {given[:40]!r}; allowed are {', '.join(words)}")
    return given


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
