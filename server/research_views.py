"""What ``services.research`` takes and gives, for pages: plain values of the research package."""

from research.errors import ResearchError
from research.views import (
    BacktestRequest,
    ComparisonView,
    ConventionView,
    CoverageView,
    DatasetView,
    DrawdownView,
    FillView,
    MetricView,
    ResultView,
    RunRow,
    RunView,
    StrategyView,
    SweepRequest,
    SweepView,
    TradeView,
    WindowView,
)

__all__ = [
    "BacktestRequest", "ComparisonView", "ConventionView", "CoverageView", "DatasetView",
    "DrawdownView", "FillView", "MetricView", "ResearchError", "ResultView", "RunRow", "RunView",
    "StrategyView", "SweepRequest", "SweepView", "TradeView", "WindowView",
]  # fmt: skip
