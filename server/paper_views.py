"""What ``services.paper`` takes and gives, for pages: plain values of paper trading."""

from paper_trading.views import (
    AccountRow,
    AccountView,
    AutomationView,
    EquityCurve,
    EventView,
    FillView,
    GaugeView,
    JournalRow,
    LimitsView,
    OrderView,
    Outcome,
    PaperStatus,
    PositionView,
    RefusalView,
    TermsView,
)

__all__ = [
    "AccountRow", "AccountView", "AutomationView", "EquityCurve", "EventView", "FillView",
    "GaugeView", "JournalRow", "LimitsView", "OrderView", "Outcome", "PaperStatus", "PositionView",
    "RefusalView", "TermsView",
]  # fmt: skip
