"""Positions closed, and trading stopped."""

from market.types import Side
from trading.engine.records import Kind
from trading.paper.changing import cancel_all
from trading.paper.commands import CancelAll, Close, CloseAll, Kill, Place, Resume
from trading.paper.events import Halted, Resumed, RiskTripped
from trading.paper.floor import Floor
from trading.paper.placing import place
from trading.paper.portfolio import Portfolio
from trading.paper.risk import Refusal
from trading.paper.risk_rules import still_tripped, tripped

__all__ = ["close", "close_all", "halt", "kill", "look_for_trips", "resume"]


def close(floor: Floor, command: Close) -> None:
    """Close the positions in a symbol."""
    found = [each for each in floor.owned(command.owner) if _held(each, command.symbol)]
    if not found:
        words = f"Nothing to close: no position in {command.symbol[:40]} is open."
        floor.refuse(command.owner or "", "close", "position", words)
    for portfolio in found:
        _close(floor, portfolio, command.symbol, command.key)


def close_all(floor: Floor, command: CloseAll) -> None:
    """Close every position; there may be none."""
    for portfolio in floor.owned(command.owner):
        for symbol in tuple(portfolio.record.ledger.holdings):
            if _held(portfolio, symbol):
                _close(floor, portfolio, symbol, command.key)


def kill(floor: Floor, command: Kill) -> None:
    """Halt, cancel every order, close every position."""
    halt(floor, command.why, command.by)
    cancel_all(floor, CancelAll())
    close_all(floor, CloseAll())


def halt(floor: Floor, why: str, by: str) -> None:
    """Open nothing any more."""
    floor.emit(Halted(floor.time_ns, why, by))


def resume(floor: Floor, command: Resume) -> None:
    """Trade again, unless what stopped trading still holds."""
    records = floor.records
    equity, _ = floor.worth()
    still = still_tripped(records.limits, records.risk, equity, records.terms.currency)
    if records.risk.halted is None:
        floor.refuse(command.by, "resume", "running", "Nothing to resume: trading is not stopped.")
    elif still is not None:
        floor.refuse(command.by, "resume", still.rule, still.words)
    else:
        floor.emit(Resumed(floor.time_ns, command.by))


def look_for_trips(floor: Floor) -> None:
    """Stop trading where a limit says so; what has no price yet is not judged."""
    records = floor.records
    if records.risk.halted is not None or not floor.is_valued:
        return
    equity, _ = floor.worth()
    found = tripped(records.limits, records.risk, equity, records.terms.currency)
    if found is None:
        return
    _stop(floor, found)


def _stop(floor: Floor, found: Refusal) -> None:
    floor.emit(RiskTripped(floor.time_ns, found.rule, found.words))
    halt(floor, found.words, "risk")
    cancel_all(floor, CancelAll())
    if floor.records.limits.flatten_when_tripped:
        close_all(floor, CloseAll())


def _held(portfolio: Portfolio, symbol: str) -> float:
    return portfolio.record.ledger.amount(symbol)


def _close(floor: Floor, portfolio: Portfolio, symbol: str, key: str | None) -> None:
    """Sell or buy back what is held, at market."""
    held = _held(portfolio, symbol)
    side = Side.SELL if held > 0 else Side.BUY
    place(floor, Place(
        symbol=symbol, side=side, kind=Kind.MARKET, size=abs(held), reduce_only=True,
        owner=portfolio.owner, key=key,
    ))  # fmt: skip
