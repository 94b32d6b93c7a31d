"""REST of automations: strategies of the backtester that trade on paper accounts."""

import asyncio
import hashlib
from decimal import Decimal
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from market.types import Interval
from paper_trading.reconcile_report import reconcile_csv, reconcile_report
from paper_trading.service import PaperTrading
from paper_trading.views import AutomationState, AutomationView
from research.runs import Research
from research.views import StrategyView
from server.answers import json_answer
from server.errors import OutOfRange, RequestError
from server.paper_answers import AccountId, Ask, Asked, account_of, done, paper_router
from server.paper_bodies import LONGEST_NAME, MOST_PARAMETERS, Name
from server.routes import refusals
from trading.paper.commands import RemoveAutomation, SetAutomation

CSV = "text/csv; charset=utf-8"


class AutomationBody(BaseModel):
    """A strategy to run on the account; /api/strategies has its parameters."""

    model_config = ConfigDict(extra="forbid")

    strategy: Name = Field(examples=["sma_cross"])
    values: dict[Name, float] = Field({}, max_length=MOST_PARAMETERS, examples=[{"fast": 20}])
    symbols: tuple[Name, ...] = Field(min_length=1, max_length=8, examples=[["BTC-USD"]])
    interval: str = Field("1m", max_length=3)
    capital: Decimal = Field(description="Taken out of the account's cash", gt=0, le=10**12)
    direction: Literal["long", "short", "both"] = "long"
    size_percent: float = Field(100.0, gt=0, description="Of its capital in one position")
    stop_loss_percent: float | None = Field(None, gt=0)
    take_profit_percent: float | None = Field(None, gt=0)
    name: Name = Field("", description="Without one: the strategy's with its values")

    def command(self, owner: str, strategy: StrategyView, key: str | None) -> SetAutomation:
        """As the account takes it; raises :class:`RequestError` for values it cannot have."""
        values = _values(strategy, self.values)
        return SetAutomation(
            owner=owner,
            name=self.name or _name(strategy, values),
            strategy=strategy.key,
            values=values,
            symbols=self.symbols,
            interval=_interval(self.interval),
            capital=self.capital,
            state="running",
            direction=self.direction,
            size=self.size_percent / 100,
            stop_loss=(self.stop_loss_percent or 0.0) / 100,
            take_profit=(self.take_profit_percent or 0.0) / 100,
            key=key,
        )


def paper_automation_routes(paper: PaperTrading, research: Research) -> APIRouter:
    """``/api/paper/automations``."""
    api = paper_router("/api/paper/automations")

    @api.get("")
    async def automations(account: AccountId = 0) -> Response:
        """Every automation: its strategy, state, profit after fees, position; why one stands."""
        return json_answer(paper.account_view(account_of(paper, account)).automations)

    @api.post("", status_code=201, responses=refusals(503))
    async def start(ask: Ask, body: AutomationBody) -> Response:
        """Let a strategy trade with part of the account's cash."""
        strategy = await asyncio.to_thread(_strategy, research, body.strategy)
        known = paper.account_view(account_of(paper, ask.account)).automations
        return await done(paper, ask, body.command(_owner(known, ask.key), strategy, ask.key), 201)

    @api.post("/{owner}/start", responses=refusals(503))
    async def go_on(ask: Ask, owner: str) -> Response:
        """Let a paused or stopped automation trade again."""
        return await _turn(paper, ask, owner, "running")

    @api.post("/{owner}/pause", responses=refusals(503))
    async def pause(ask: Ask, owner: str) -> Response:
        """Let it decide nothing for now; its position and orders stay."""
        return await _turn(paper, ask, owner, "paused")

    @api.post("/{owner}/stop", responses=refusals(503))
    async def stop(ask: Ask, owner: str) -> Response:
        """End its session: orders are cancelled, positions closed."""
        return await _turn(paper, ask, owner, "stopped")

    @api.delete("/{owner}", responses=refusals(503))
    async def remove(ask: Ask, owner: str) -> Response:
        """Remove an automation that holds nothing any more; its cash goes back to the account."""
        return await done(paper, ask, RemoveAutomation(owner=owner, key=ask.key))

    @api.get("/{owner}/reconcile")
    async def reconcile(owner: str, account: AccountId = 0) -> Response:
        """Its newest session replayed and beside a backtest: what differs, and why."""
        number = account_of(paper, account)
        return json_answer(await asyncio.to_thread(paper.reconcile, number, owner))

    @api.get("/{owner}/reconcile/report", response_class=HTMLResponse)
    async def report(owner: str, account: AccountId = 0) -> Response:
        """The same as one page of HTML that needs nothing else."""
        found = await asyncio.to_thread(paper.reconcile, account_of(paper, account), owner)
        return HTMLResponse(reconcile_report(found))

    @api.get("/{owner}/reconcile/export")
    async def export(owner: str, account: AccountId = 0) -> Response:
        """The orders that filled otherwise as CSV."""
        found = await asyncio.to_thread(paper.reconcile, account_of(paper, account), owner)
        headers = {"Content-Disposition": 'attachment; filename="reconcile.csv"'}
        return Response(reconcile_csv(found), media_type=CSV, headers=headers)

    return api


def _interval(text: str) -> str:
    """``text``; raises :class:`market.errors.UnknownInterval` listing those allowed."""
    return Interval.parse(text).value


def _values(strategy: StrategyView, given: dict[str, float]) -> dict[str, bool | int | float | str]:
    """The strategy's parameters, those that were not given at their defaults."""
    known = {each.name: each for each in strategy.parameters}
    for name, value in given.items():
        if name not in known:
            names = ", ".join(known) or "none"
            raise RequestError(f"{name[:40]} is no parameter of {strategy.key}; it has {names}")
        if not known[name].least <= value <= known[name].most:
            raise OutOfRange(name, value, known[name].least, known[name].most)
    return {
        name: int(value) if each.whole else float(value)
        for name, each in known.items()
        for value in (given.get(name, each.default),)
    }


def _name(strategy: StrategyView, values: dict[str, bool | int | float | str]) -> str:
    """``SMA cross 20 / 50``."""
    told = " / ".join(f"{value:g}" for value in values.values() if isinstance(value, int | float))
    return f"{strategy.name} {told}".strip()[:LONGEST_NAME]


async def _turn(paper: PaperTrading, ask: Asked, owner: str, state: AutomationState) -> Response:
    """Give an automation another state."""
    known = paper.account_view(account_of(paper, ask.account)).automations
    found = next((each for each in known if each.id == owner), None)
    if found is None:
        names = ", ".join(each.id for each in known) or "none"
        words = f"automation was {owner[:40]!r}; there are {names}"
        return json_answer({"error": words, "rule": "unknown_automation"}, 404)
    command = SetAutomation(
        owner=owner, name=found.name, strategy=found.strategy, values=dict(found.values),
        symbols=found.symbols, interval=found.interval, capital=found.capital, state=state,
        direction=found.direction, size=found.size, stop_loss=found.stop_loss,
        take_profit=found.take_profit, key=ask.key,
    )  # fmt: skip
    return await done(paper, ask, command)


def _strategy(research: Research, key: str) -> StrategyView:
    """The strategy with this key; raises :class:`RequestError` for one that cannot be used."""
    known = {each.key: each for each in research.strategies()}
    if key not in known:
        raise RequestError(f"strategy was {key[:40]!r}; allowed are {', '.join(known)}")
    found = known[key]
    if found.error is not None:
        raise RequestError(f"strategy {key} cannot be used: {found.error}")
    return found


def _owner(known: tuple[AutomationView, ...], key: str | None) -> str:
    """An id that no automation has; sent again with the same key it is the same."""
    if key is not None:
        return f"a{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    numbers = [int(each.id[1:]) for each in known if each.id[1:].isdecimal()]
    return f"a{max(numbers, default=0) + 1}"
