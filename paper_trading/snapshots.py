"""The view of an account, made of its records, at the prices of a moment."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from functools import lru_cache
from math import inf, isfinite
from typing import NamedTuple

from market.types import DAY
from paper_trading.equity import EquityHistory
from paper_trading.order_views import RowCache, decimal, live_order, queues
from paper_trading.views import (
    AccountView,
    AutomationView,
    GaugeView,
    InstrumentView,
    LimitsView,
    MarketMode,
    OrderView,
    PositionView,
    TermsView,
)
from paper_trading.words import number, owner_name
from trading.paper.core import AccountCore
from trading.paper.ledger import MONEY, ZERO, Holding
from trading.paper.records import AccountRecords
from trading.paper.risk import RiskLimits
from trading.paper.standing import PortfolioRecord
from trading.paper.terms import AccountTerms, Role

__all__ = ["Beside", "account_view"]


class Beside(NamedTuple):
    """What the view says beside the records. ``why_not``: why nothing can be traded, or empty."""

    id: int
    market: MarketMode
    temporary: bool
    why_not: str
    journal: str
    tick_to_order_us: float | None
    seq: int
    time_ns: int
    notice: str = ""


class _Worth(NamedTuple):
    """A portfolio in money: what its positions would bring, and how much they are worth."""

    cash: Decimal
    unrealised: Decimal
    cost: Decimal
    exposure: Decimal

    @property
    def equity(self) -> Decimal:
        return self.cash + self.cost + self.unrealised


def account_view(
    core: AccountCore, beside: Beside, rows: RowCache, curve: EquityHistory
) -> AccountView:
    """The account now; what has no price counts at its entry."""
    records = core.records
    with localcontext(MONEY):
        marks = {symbol: decimal(price) for symbol, price in core.marks.items() if price > 0}
        worths = {
            owner: _worth(portfolio, marks) for owner, portfolio in records.portfolios.items()
        }
        cash, unrealised, cost, exposure = (
            sum(column, ZERO) for column in zip(*worths.values(), strict=True)
        )
        equity = cash + cost + unrealised
        peak = max(float(equity), records.risk.peak)
        today = records.today if records.today.day == beside.time_ns // DAY else None
        halted = records.risk.halted
        return AccountView(
            id=beside.id,
            name=records.terms.name,
            market=beside.market,
            temporary=beside.temporary,
            currency=records.terms.currency,
            terms=_terms(records.terms),
            limits=_limits(records.limits),
            start_capital=records.terms.start_capital,
            equity=_money(equity),
            cash=_money(cash),
            unrealised=_money(unrealised),
            realised=_money(records.realised),
            realised_today=_money(today.realised if today else ZERO),
            fees=_money(records.fees),
            fees_today=_money(today.fees if today else ZERO),
            exposure=_money(exposure),
            exposure_percent=float(exposure / equity * 100) if equity > 0 else 0.0,
            drawdown_percent=(float(equity) / peak - 1) * 100 if peak > 0 else 0.0,
            halted=halted,
            tradable=not beside.why_not and halted is None,
            why_not=beside.why_not or halted or "",
            positions=tuple(_positions(records, marks)),
            orders=(*_live(core, beside.time_ns), *rows.ended(records)),
            fills=rows.fills(records),
            fill_count=records.fill_count,
            gauges=tuple(_gauges(core)),
            automations=tuple(_automations(records, worths)),
            curve=curve.curve(beside.time_ns // 1_000_000, float(equity)),
            journal=beside.journal,
            tick_to_order_us=beside.tick_to_order_us,
            seq=beside.seq,
            time_ms=beside.time_ns // 1_000_000,
            notice=beside.notice,
            instruments=_instruments(core),
        )


def _instruments(core: AccountCore) -> tuple[InstrumentView, ...]:
    return tuple(
        _instrument(line.symbol, line.price_step, line.step, line.least_size, line.least_value)
        for line in core.floor.lines.values()
        if line.price_step
    )


@lru_cache(4096)
def _instrument(
    symbol: str, price: float, size: float, least: float, value: float
) -> InstrumentView:
    return InstrumentView(
        symbol, decimal(price), decimal(size), decimal(least) if least else None,
        decimal(value) if value else None,
    )  # fmt: skip


def _gauges(core: AccountCore) -> Iterable[GaugeView]:
    """Those of the account, and those of the positions in every symbol where something is open."""
    for at, symbol in enumerate(sorted(core.active) or core.symbols[:1]):
        for gauge in core.gauges(symbol):
            by_symbol = gauge.rule == "max_position_value"
            if by_symbol or at == 0:
                yield GaugeView(*gauge, symbol if by_symbol else "")


def _money(value: Decimal) -> Decimal:
    return value.quantize(Decimal("1E-8")).normalize() + 0


def _worth(portfolio: PortfolioRecord, marks: Mapping[str, Decimal]) -> _Worth:
    unrealised = cost = exposure = ZERO
    for symbol, held in portfolio.ledger.holdings.items():
        if held.size:
            mark = marks.get(symbol)
            value = held.cost if mark is None else held.size * mark
            cost += held.cost
            unrealised += value - held.cost
            exposure += abs(value)
    return _Worth(portfolio.ledger.cash, unrealised, cost, exposure)


def _positions(records: AccountRecords, marks: Mapping[str, Decimal]) -> Iterable[PositionView]:
    for owner, portfolio in records.portfolios.items():
        for symbol, held in sorted(portfolio.ledger.holdings.items()):
            if held.size:
                yield _position(records, portfolio, owner, (symbol, held, marks.get(symbol)))


def _position(
    records: AccountRecords,
    portfolio: PortfolioRecord,
    owner: str,
    place: tuple[str, Holding, Decimal | None],
) -> PositionView:
    symbol, held, mark = place
    unrealised = None if mark is None else held.size * mark - held.cost
    exits = {
        order.terms.role: order.id
        for order in portfolio.live.values()
        if order.terms.symbol == symbol and order.terms.side * held.size < 0
    }
    return PositionView(
        owner=owner,
        opened_by=owner_name(owner, records.automations),
        symbol=symbol,
        side="long" if held.size > 0 else "short",
        size=abs(held.size),
        entry=(held.cost / held.size).quantize(Decimal("1E-10")).normalize() + 0,
        mark=mark,
        value=None if mark is None else _money(abs(held.size * mark)),
        unrealised=None if unrealised is None else _money(unrealised),
        return_percent=None if unrealised is None else float(unrealised / abs(held.cost) * 100),
        realised=_money(held.realised),
        stop=exits.get(Role.STOP_LOSS),
        target=exits.get(Role.TAKE_PROFIT),
    )


def _live(core: AccountCore, time_ns: int) -> Iterable[OrderView]:
    automations, orders = core.records.automations, core.records.orders
    for order in reversed(orders.values()):
        waits = order.terms.parent in orders
        there = order.placed_ns + core.records.terms.latency_ns <= time_ns
        ahead = core.queue_ahead(order.id) if there and queues(order, waits) else inf
        shown = decimal(ahead) if isfinite(ahead) else None
        yield live_order(order, owner_name(order.owner, automations), waits, shown)


def _automations(records: AccountRecords, worths: Mapping[str, _Worth]) -> Iterable[AutomationView]:
    for owner, each in records.automations.items():
        ledger = records.portfolios[owner].ledger
        yield AutomationView(
            id=owner,
            name=each.name,
            strategy=each.strategy,
            values=each.values,
            symbols=each.symbols,
            interval=each.interval,
            capital=each.capital,
            direction=each.direction,
            size=each.size,
            stop_loss=each.stop_loss,
            take_profit=each.take_profit,
            state=each.state,
            words=each.words,
            pnl=_money(worths[owner].equity - ledger.moved),
            position=", ".join(_held(symbol, held) for symbol, held in ledger.holdings.items()
                               if held.size),
            started_ms=each.time_ns // 1_000_000,
        )  # fmt: skip


def _held(symbol: str, held: Holding) -> str:
    return f"{symbol} {'long' if held.size > 0 else 'short'} {number(abs(held.size))}"


def _terms(terms: AccountTerms) -> TermsView:
    return TermsView(
        maker_fee_percent=decimal(terms.maker_fee) * 100,
        taker_fee_percent=decimal(terms.taker_fee) * 100,
        leverage=decimal(terms.leverage),
        latency_ms=terms.latency_ns / 1e6,
        slippage_percent=decimal(terms.slippage) * 100,
        maintenance_percent=decimal(terms.maintenance) * 100,
        short=terms.short,
    )


def _limits(limits: RiskLimits) -> LimitsView:
    names = LimitsView.__dataclass_fields__
    return LimitsView(**{name: getattr(limits, name) for name in names})
