"""What pages ask of ``server.services``, with fixed answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from market.types import Interval
from server.chart_request import elements_query
from server.errors import RequestError
from server.indicator_views import indicator_views
from server.views import (
    ElementsQuery,
    IndicatorView,
    LastView,
    StatusView,
)
from server.watch_views import WatchView
from tests.pages.fake_research import FakeResearch
from tests.server.paper_desk import Desk

STATUS = StatusView(
    label="SIMULATED",
    mode="simulated",
    venue="Coinbase",
    detail="seed 7",
    age_ms=38.0,
    retry_in_s=None,
    renderer="cpu",
    renderer_reasons=(),
    tier="picture",
    draw_ms=0.3,
    frames_per_s=20.0,
    tick_to_ack_p95_ms=21.0,
    gaps=0,
)
LAST = LastView("BTC-USD", 38_533.0, 614.0, 1.62, 1, 38_532.5, 38_533.5, 10**18)


class FakeWatchRows:
    """One row, which changed at moment 5."""

    def since(self, seen: int) -> tuple[int, list[WatchView]]:
        row = WatchView("BTC-USD", 38_533.0, 1.62, 7.5e8, 1)
        return 5, [row] if seen < 5 else []


@dataclass
class FakeServices:
    """Records the calls that change something."""

    tier_now: str = "picture"
    refusal: str | None = None
    last_now: LastView = LAST
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    watch_rows: FakeWatchRows = field(default_factory=FakeWatchRows)
    research: FakeResearch = field(default_factory=FakeResearch)
    paper: Desk = field(default_factory=Desk)

    def symbols(self) -> tuple[str, ...]:
        return ("BTC-USD", "ETH-USD")

    def status(self) -> StatusView:
        return STATUS

    def tier(self) -> str:
        return self.tier_now

    def last(self, symbol: str) -> LastView:
        return replace(self.last_now, symbol=symbol)

    async def figure(self, *given: Any) -> dict[str, Any]:
        return {"data": [], "layout": {"title": given}}

    def elements(self, given: Mapping[str, str | Sequence[str]]) -> ElementsQuery:
        return elements_query(given)

    def indicators(self) -> tuple[IndicatorView, ...]:
        return indicator_views()

    def retry_feed(self) -> None:
        self.calls.append(("retry",))

    async def try_live(self) -> None:
        self.calls.append(("live",))
        if self.refusal:
            raise RequestError(self.refusal)

    def load_history(self) -> None:
        self.calls.append(("load",))

    def intervals(self) -> tuple[str, ...]:
        return tuple(interval.value for interval in Interval)
