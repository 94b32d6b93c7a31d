"""Venues and symbols as the API, the metrics and the performance page tell of them."""

from dataclasses import asdict, dataclass
from math import inf

from prometheus_client import CollectorRegistry, Gauge

from data_feed.replay_source import ReplaySource, pace
from data_feed.source import Source
from data_feed.status import FeedStatus, SymbolStatus


@dataclass(frozen=True, slots=True)
class VenueView:
    """One venue. ``breaker`` is open while it is left alone; ``repair`` tells of the last one."""

    venue: str
    mode: str
    state: str
    breaker: str
    age_ms: float | None
    retry_in_s: float | None
    detail: str
    repair: str | None
    repaired_ns: int | None


@dataclass(frozen=True, slots=True)
class SymbolView:
    """One symbol; counters since the start."""

    symbol: str
    venue: str
    state: str
    age_ms: float | None
    last_trade_id: int | None
    gaps: int
    repairs: int
    duplicates: int
    out_of_order: int
    malformed: int


def venue_view(status: FeedStatus) -> VenueView:
    """One venue as plain values."""
    repair = status.repair
    return VenueView(
        status.venue,
        status.mode.value,
        status.state.value,
        status.breaker.value,
        status.age_ms,
        status.retry_in_s,
        status.detail,
        repair.sentence if repair else None,
        repair.time_ns if repair else None,
    )


def symbol_view(status: SymbolStatus) -> SymbolView:
    """One symbol as plain values."""
    return SymbolView(
        status.symbol,
        status.venue,
        status.state.value,
        status.age_ms,
        status.last_trade_id,
        **asdict(status.counters),
    )


class SymbolMetrics:
    """Gauges with a label for the symbol; :meth:`set` fills them before they are read."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._age = Gauge(
            "candlecast_symbol_age_seconds",
            "Since the symbol's newest market event",
            ["symbol", "venue"],
            registry=registry,
        )
        self._trade = Gauge(
            "candlecast_symbol_last_trade_id",
            "Number of the symbol's newest trade",
            ["symbol", "venue"],
            registry=registry,
        )
        self._state = Gauge(
            "candlecast_symbol_state",
            "1 for the state that the symbol is in",
            ["symbol", "venue", "state"],
            registry=registry,
        )
        self._events = Gauge(
            "candlecast_symbol_events",
            "What the feed counted of the symbol since it started",
            ["symbol", "venue", "event"],
            registry=registry,
        )

    def set(self, symbols: tuple[SymbolStatus, ...]) -> None:
        """Only ``symbols`` have values from now on."""
        for gauge in (self._age, self._trade, self._state, self._events):
            gauge.clear()
        for each in symbols:
            names = (each.symbol, each.venue)
            if each.age_ms is not None:
                self._age.labels(*names).set(each.age_ms / 1000)
            if each.last_trade_id is not None:
                self._trade.labels(*names).set(each.last_trade_id)
            self._state.labels(*names, each.state.value).set(1)
            for event, number in asdict(each.counters).items():
                self._events.labels(*names, event).set(number)


def recorded_ms(source: Source) -> int | None:
    """The recorder's time that a replay has come to, ms since 1970; None for what is none."""
    played_ns = source.head.at_ns if isinstance(source, ReplaySource) else 0
    return played_ns // 1_000_000 or None


def pace_of(source: Source) -> str:
    """How a replay goes on, in a word; nothing for what is none."""
    if not isinstance(source, ReplaySource):
        return ""
    if source.head.paused:
        return "PAUSED"
    return "MAX" if source.head.speed == inf else pace(source.head.speed)
