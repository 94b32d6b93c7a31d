"""Everything that can happen to an account, as it is journaled.

An account is what its events make of it: :mod:`trading.paper.records` folds them, in a live process
one by one and after a restart all at once. Nothing else changes an account.

Amounts of money are decimals; prices, sizes and the terms of orders are the engine's float64, whose
shortest text is the value. Times are ns UTC of our own receiving clock and never fall. Order and
fill ids count from 1 in an account and are never used again. ``owner`` names a portfolio:
``manual`` or an automation's id. Numbers of :class:`trading.engine.records.Kind` and its neighbours
stand in journals and keep their meaning for ever.
"""

from decimal import Decimal

from msgspec import Struct

from trading.paper.order_events import (
    Filled,
    OrderAccepted,
    OrderChanged,
    OrderEnded,
    OrderRefused,
    OrderTriggered,
)
from trading.paper.risk import RiskLimits
from trading.paper.terms import AccountTerms, AutomationState

__all__ = [
    "AccountOpened", "AutomationRemoved", "AutomationSet", "AutomationStepped", "CashMoved",
    "ClockJumped", "CommandRefused", "EquityMarked", "Event", "Filled", "Halted", "LimitsSet",
    "MarketGap", "Noted", "OrderAccepted", "OrderChanged", "OrderEnded", "OrderRefused",
    "OrderTriggered",
    "Resumed", "RiskTripped", "SessionBegan", "SessionEnded", "TermsChanged",
]  # fmt: skip


class AccountOpened(Struct, frozen=True, forbid_unknown_fields=True):
    """The first event: there is an account with its start capital, all of it in ``manual``."""

    time_ns: int
    terms: AccountTerms


class TermsChanged(Struct, frozen=True, forbid_unknown_fields=True):
    """Other terms from now on; market, currency and start capital stay what they were."""

    time_ns: int
    terms: AccountTerms


class LimitsSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Other risk limits from now on."""

    time_ns: int
    limits: RiskLimits
    by: str


class CommandRefused(Struct, frozen=True, forbid_unknown_fields=True):
    """A command other than an order was not done. ``command`` is its name."""

    time_ns: int
    owner: str
    command: str
    code: str
    words: str


class CashMoved(Struct, frozen=True, forbid_unknown_fields=True):
    """Cash went from one portfolio to another; the account has as much as before."""

    time_ns: int
    source: str
    target: str
    amount: Decimal
    why: str


class EquityMarked(Struct, frozen=True, forbid_unknown_fields=True):
    """What the account was worth at the prices of that moment; a point of its equity curve."""

    time_ns: int
    equity: float


class RiskTripped(Struct, frozen=True, forbid_unknown_fields=True):
    """A limit was reached that stops trading: a :class:`Halted` follows."""

    time_ns: int
    rule: str
    words: str


class Halted(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing may be opened any more. ``by``: a person's way (page, api) or ``risk``."""

    time_ns: int
    why: str
    by: str


class Resumed(Struct, frozen=True, forbid_unknown_fields=True):
    """Trading goes on."""

    time_ns: int
    by: str


class AutomationSet(Struct, frozen=True, forbid_unknown_fields=True):
    """A strategy trades a portfolio of its own, ``owner``, or its state changed.

    ``words`` say why it is paused or failed.
    """

    time_ns: int
    owner: str
    name: str
    strategy: str
    values: dict[str, bool | int | float | str]
    symbols: tuple[str, ...]
    interval: str
    capital: Decimal
    state: AutomationState
    words: str = ""
    direction: str = "long"
    size: float = 1.0
    stop_loss: float = 0.0
    take_profit: float = 0.0


class AutomationStepped(Struct, frozen=True, forbid_unknown_fields=True):
    """An automation saw candles close at ``closed_ns`` and decided.

    ``candles``: symbol, start in ns, open, high, low, close, volume, trades. ``told`` is what the
    account answered it meanwhile, see :mod:`trading.paper.automation`; None: it did not decide.
    """

    time_ns: int
    owner: str
    closed_ns: int
    candles: tuple[tuple[str, int, float, float, float, float, float, int], ...]
    told: str | None = None


class AutomationRemoved(Struct, frozen=True, forbid_unknown_fields=True):
    """An automation is gone; its cash was moved before."""

    time_ns: int
    owner: str


class Noted(Struct, frozen=True, forbid_unknown_fields=True):
    """A note of the trader; the newest on a ``subject`` holds.

    ``subject``: what it is about, like ``fill 12``, ``order 3``, ``event 99`` (a journal row).
    """

    time_ns: int
    subject: str
    text: str
    tags: tuple[str, ...] = ()


class ClockJumped(Struct, frozen=True, forbid_unknown_fields=True):
    """The computer's clock was set: it said ``before_ns``, then ``after_ns``."""

    time_ns: int
    before_ns: int
    after_ns: int


class SessionBegan(Struct, frozen=True, forbid_unknown_fields=True):
    """From now on prices of this source reach the account."""

    time_ns: int
    source: str


class SessionEnded(Struct, frozen=True, forbid_unknown_fields=True):
    """No more prices of that source."""

    time_ns: int
    why: str


class MarketGap(Struct, frozen=True, forbid_unknown_fields=True):
    """Between two times nothing was heard of a symbol (empty: of the whole market)."""

    time_ns: int
    symbol: str
    from_ns: int
    to_ns: int
    words: str


Event = (
    AccountOpened | TermsChanged | LimitsSet | OrderAccepted | OrderRefused | CommandRefused
    | OrderChanged | OrderTriggered | OrderEnded | Filled | CashMoved | EquityMarked | RiskTripped
    | Halted | Resumed | AutomationSet | AutomationStepped | AutomationRemoved | Noted | ClockJumped
    | SessionBegan | SessionEnded | MarketGap
)  # fmt: skip
"""Any of them."""
