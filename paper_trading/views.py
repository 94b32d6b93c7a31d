"""What :class:`paper_trading.service.PaperTrading` takes and gives: frozen plain values.

Times end in ``_ms``, since 1970 in UTC. Money, prices and sizes are Decimals: money and prices in
quote currency, sizes in base currency and positive. Everything called ``percent`` is a percentage.
``None`` means that there is no value. Order and fill ids count from 1 within an account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paper_trading.trade_views import FillView, InstrumentView, OrderView, PositionView

__all__ = [
    "NO_STATUS",
    "AccountRow", "AccountView", "AutomationView", "EquityCurve", "EventView", "FillView",
    "GaugeView", "InstrumentView", "JournalRow", "LimitsView", "MarketMode", "OrderView", "Outcome",
    "PaperStatus", "PositionView", "RefusalView", "TermsView",
]  # fmt: skip

MarketMode = Literal["live", "simulated", "replay"]
AutomationState = Literal["running", "paused", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account to choose. ``temporary``: of a replay, gone with it; ``halted`` says why."""

    id: int
    name: str
    market: MarketMode
    currency: str
    equity: Decimal
    tradable: bool
    halted: str | None
    temporary: bool


@dataclass(frozen=True, slots=True)
class TermsView:
    """What an account trades under; fees and slippage are percent of a fill's value.

    ``maintenance_percent`` is of the exposure, 0: nothing is liquidated.
    """

    maker_fee_percent: Decimal
    taker_fee_percent: Decimal
    leverage: Decimal
    latency_ms: float
    slippage_percent: Decimal
    maintenance_percent: Decimal
    short: bool


@dataclass(frozen=True, slots=True)
class LimitsView:
    """Risk limits as they are set, named as in :class:`trading.paper.risk.RiskLimits`.

    None where there is no limit. ``max_drawdown`` and ``price_collar`` are fractions; values are in
    quote currency, sizes in base currency, both by symbol where they are mappings.
    """

    max_order_value: float | None = None
    max_order_size: Mapping[str, float] = field(default_factory=dict)
    max_position_value: float | None = None
    max_position_values: Mapping[str, float] = field(default_factory=dict)
    max_exposure: float | None = None
    max_daily_loss: float | None = None
    max_drawdown: float | None = None
    orders_per_minute: int | None = None
    price_collar: float | None = None
    stale_after_s: float | None = None
    quiet_after_s: float | None = None
    refuse_crossed: bool = True
    rejects_in_a_row: int | None = None
    flatten_when_tripped: bool = False


@dataclass(frozen=True, slots=True)
class GaugeView:
    """A limit and how much of it is used; ``limit`` is None where none is set.

    ``rule``: the field of :class:`LimitsView`; ``unit``: a currency, ``%`` or nothing; ``symbol``:
    whose position it is about, empty for those of the whole account.
    """

    rule: str
    name: str
    used: float
    limit: float | None
    unit: str
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class AutomationView:
    """A strategy on the account. ``words``: why it is paused or failed, with file and line.

    ``direction``, ``size``, ``stop_loss`` and ``take_profit`` are those of a backtest's setup.
    ``pnl`` is exact and after fees; ``position``: ``BTC-USD long 0.25``, empty when flat.
    """

    id: str
    name: str
    strategy: str
    values: Mapping[str, bool | int | float | str]
    symbols: tuple[str, ...]
    interval: str
    capital: Decimal
    direction: str
    size: float
    stop_loss: float
    take_profit: float
    state: AutomationState
    words: str
    pnl: Decimal
    position: str
    started_ms: int


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One event of the account, newest first in a list. ``fill``: the fill that it is, if one."""

    seq: int
    time_ms: int
    kind: str
    words: str
    owner: str = ""
    fill: int | None = None
    note: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EquityCurve:
    """Equity over time, read-only, oldest first, at most 2,000 points that keep every extreme."""

    time_ms: NDArray[np.int64]
    equity: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account at one moment, marked at the last prices; a new one whenever something changed.

    ``seq`` is the newest journaled event in it. ``tradable`` with ``why_not``: whether the feed's
    market is the account's and nothing stops it. ``halted``: the reason, None while it trades.
    ``orders`` are the live ones and the newest that ended, newest first; so are ``fills``.
    ``notice``: why what is traded here is not kept, where something should be; else empty.
    ``journal``: ``in sync``, ``behind 12`` or ``failing: …``. ``exposure`` is the value of all
    positions, shorts counted like longs; ``drawdown_percent`` is 0 or negative, from the peak.
    """

    id: int
    name: str
    market: MarketMode
    temporary: bool
    currency: str
    terms: TermsView
    limits: LimitsView
    start_capital: Decimal
    equity: Decimal
    cash: Decimal
    unrealised: Decimal
    realised: Decimal
    realised_today: Decimal
    fees: Decimal
    fees_today: Decimal
    exposure: Decimal
    exposure_percent: float
    drawdown_percent: float
    halted: str | None
    tradable: bool
    why_not: str
    positions: tuple[PositionView, ...]
    orders: tuple[OrderView, ...]
    fills: tuple[FillView, ...]
    fill_count: int
    gauges: tuple[GaugeView, ...]
    automations: tuple[AutomationView, ...]
    curve: EquityCurve = field(compare=False)
    journal: str
    tick_to_order_us: float | None
    seq: int
    time_ms: int
    notice: str = ""
    instruments: tuple[InstrumentView, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """How paper trading as a whole stands.

    ``preparing``: what commands wait for; ``notice``: why something that is traded is not kept;
    ``journal`` as in :class:`AccountView`. Times are those of the newest orders of automations,
    from the trade that was heard to the accepted order, in µs; None before the first.
    """

    preparing: str = ""
    notice: str = ""
    journal: str = "in sync"
    tick_to_order_p50_us: float | None = None
    tick_to_order_p99_us: float | None = None


NO_STATUS = PaperStatus()
"""Before anything is known."""


@dataclass(frozen=True, slots=True)
class EventView:
    """A journaled event as sockets and webhooks send it; ``data`` is JSON-able, money as text."""

    account: int
    seq: int
    time_ms: int
    kind: str
    words: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusalView:
    """Why a command was not done: a short code and a sentence."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command, told after the journal holds it.

    ``order`` is the id of the (first) order that it placed or changed. ``again``: the answer to an
    earlier command with the same idempotency key.
    """

    account: int
    events: tuple[EventView, ...]
    order: int | None = None
    refusal: RefusalView | None = None
    again: bool = False
