"""Limits, terms, automations, notes: what is kept beside orders and money."""

from decimal import Decimal

from msgspec.structs import replace

from trading.errors import BadCosts, BadPolicy
from trading.paper.commands import (
    ChangeTerms,
    Note,
    RemoveAutomation,
    SetAutomation,
    SetLimits,
    Tell,
)
from trading.paper.events import (
    AutomationRemoved,
    AutomationSet,
    CashMoved,
    LimitsSet,
    Noted,
    SessionBegan,
    TermsChanged,
)
from trading.paper.floor import Floor
from trading.paper.portfolio import policies_of
from trading.paper.terms import MANUAL

__all__ = ["change_terms", "note", "remove_automation", "set_automation", "set_limits", "tell"]

MAX_NOTE = 2_000
MAX_TAGS = 20


def set_limits(floor: Floor, command: SetLimits) -> None:
    """Other limits."""
    floor.emit(LimitsSet(floor.time_ns, command.limits, command.by))


def change_terms(floor: Floor, command: ChangeTerms) -> None:
    """Other fees, leverage, latency or name; live orders go on under them."""
    before, after = floor.records.terms, command.terms
    fixed = ("market", "currency", "start_capital")
    for name in fixed:
        if getattr(before, name) != getattr(after, name):
            words = f"The {name} was {getattr(after, name)}; it stays {getattr(before, name)}."
            floor.refuse(MANUAL, "change_terms", "terms", words)
            return
    try:
        policies_of(after)
    except (BadCosts, BadPolicy) as error:
        floor.refuse(MANUAL, "change_terms", "terms", str(error))
        return
    floor.emit(TermsChanged(floor.time_ns, after))
    floor.open_portfolios()


def set_automation(floor: Floor, command: SetAutomation) -> None:
    """Add an automation with its cash, or give one that is there another state."""
    records, owner = floor.records, command.owner
    known = records.automations.get(owner)
    capital = command.capital if known is None else known.capital
    if known is None:
        words = _no_capital(floor, owner, capital)
        if words:
            floor.refuse(owner, "set_automation", "capital", words)
            return
    floor.emit(AutomationSet(
        floor.time_ns, owner, command.name, command.strategy, command.values, command.symbols,
        command.interval, capital, command.state, command.words, command.direction, command.size,
        command.stop_loss, command.take_profit,
    ))  # fmt: skip
    if known is None:
        floor.add_portfolio(owner)
        _move(floor, MANUAL, owner, capital, f"Capital of {command.name}.")


def _no_capital(floor: Floor, owner: str, capital: Decimal) -> str:
    """Why an automation cannot be given ``capital``; empty when it can."""
    if not owner or owner == MANUAL:
        return f"The automation was called {owner!r}; allowed is any other name than {MANUAL!r}."
    if not (capital.is_finite() and capital > 0):
        return f"The capital was {capital}; allowed is above 0."
    manual, terms = floor.portfolios[MANUAL], floor.records.terms
    means = floor.means(manual, "")
    cash = manual.record.ledger.cash
    free = min(cash, Decimal(repr(round(means.equity - means.exposure / terms.leverage, 8))))
    if capital > free:
        return (
            f"The capital was {capital:,.2f} {terms.currency}; {max(Decimal(0), free):,.2f} of the "
            "account's cash is free."
        )
    return ""


def remove_automation(floor: Floor, command: RemoveAutomation) -> None:
    """Take an automation away that holds nothing; its cash goes back."""
    owner, records = command.owner, floor.records
    if owner not in records.automations:
        words = f"There is no automation {owner[:40]!r}."
        floor.refuse(owner, "remove_automation", "owner", words)
        return
    record = records.portfolio(owner)
    held = [name for name, each in record.ledger.holdings.items() if each.size]
    if held or record.live:
        words = (
            f"{records.automations[owner].name} still holds {', '.join(held) or 'no position'} and "
            f"has {len(record.live)} live orders; close and cancel them first."
        )
        floor.refuse(owner, "remove_automation", "position", words)
        return
    name = records.automations[owner].name
    if record.ledger.cash > 0:
        _move(floor, owner, MANUAL, record.ledger.cash, f"{name} was removed.")
    elif record.ledger.cash < 0:
        _move(floor, MANUAL, owner, -record.ledger.cash, f"{name} was removed with a debt.")
    floor.emit(AutomationRemoved(floor.time_ns, owner))
    floor.drop_portfolio(owner)


def _move(floor: Floor, source: str, target: str, amount: Decimal, why: str) -> None:
    floor.emit(CashMoved(floor.time_ns, source, target, amount, why))
    for owner in (source, target):
        floor.portfolios[owner].take_cash()


def note(floor: Floor, command: Note) -> None:
    """Write a note."""
    if len(command.text) > MAX_NOTE or len(command.tags) > MAX_TAGS:
        words = (
            f"The note had {len(command.text)} characters and {len(command.tags)} tags; allowed "
            f"are {MAX_NOTE} and {MAX_TAGS}."
        )
        floor.refuse(MANUAL, "note", "note", words)
        return
    floor.emit(Noted(floor.time_ns, command.subject, command.text, command.tags))


def tell(floor: Floor, command: Tell) -> None:
    """Write down what happened to the feed or the clock."""
    event = replace(command.event, time_ns=floor.time_ns)
    if isinstance(event, SessionBegan):
        for line in floor.lines.values():
            line.forget()
    floor.emit(event)
