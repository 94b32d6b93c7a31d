"""What scripts may send to run a backtest, and how it is read."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from research.views import BacktestRequest, ConventionView, SweepRequest
from server.times import time_ns

MOST_PARAMETERS = 32
LONGEST_NAME = 64

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Range = tuple[float, float, float]


class ConventionOrder(BaseModel):
    """How yearly figures are made: returns per candle or UTC day, days in a year, yearly rate."""

    model_config = ConfigDict(extra="forbid")

    period: Literal["candle", "day"] = "candle"
    days_per_year: int = 365
    risk_free_percent: float = 0.0


class SweepOrder(BaseModel):
    """A search: from, to and step of each parameter that varies, and the figure to be good."""

    model_config = ConfigDict(extra="forbid")

    ranges: dict[Name, Range] = Field(min_length=1, max_length=MOST_PARAMETERS)
    goal: Name = "sharpe"
    method: Literal["grid", "optuna"] = "grid"
    trials: int = 100
    walk_forward: int = 0


class BacktestOrder(BaseModel):
    """What to run; /api/strategies has the parameters that ``values`` may set."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    strategy: Name = Field(examples=["sma_cross"])
    values: dict[Name, float] = Field({}, max_length=MOST_PARAMETERS, examples=[{"fast": 20}])
    symbol: Name = Field("", description="Like BTC-USD")
    interval: str = Field("1m", max_length=3)
    start: Name | None = Field(None, alias="from", description="ISO 8601 or ms since 1970")
    end: Name | None = Field(None, alias="to", description="Not included")
    dataset: Name | None = Field(None, description="Key of an upload, instead of a symbol")
    direction: Literal["long", "short", "both"] = "long"
    capital: float = 10_000.0
    fee_percent: float = 0.1
    slippage_bp: float = 5.0
    size_percent: float = 100.0
    leverage: float = 1.0
    stop_loss_percent: float | None = None
    take_profit_percent: float | None = None
    fill: Literal["next_open", "close"] = "next_open"
    path: Literal["nearest", "worst", "best"] = "nearest"
    convention: ConventionOrder = ConventionOrder()
    others: tuple[Name, ...] = Field((), max_length=8, description="Further symbols, for pairs")
    sweep: SweepOrder | None = None

    def request(self) -> BacktestRequest:
        """As the research desk takes it; raises :class:`server.errors.RequestError`."""
        plain: Mapping[str, object] = self.model_dump(
            exclude={"start", "end", "convention", "sweep"}
        )
        sweep = self.sweep
        return BacktestRequest(
            **plain,  # type: ignore[arg-type] # the names and types are those above
            start_ns=None if self.start is None else time_ns("from", self.start),
            end_ns=None if self.end is None else time_ns("to", self.end),
            convention=ConventionView(**self.convention.model_dump()),
            sweep=None if sweep is None else SweepRequest(**sweep.model_dump()),
        )
