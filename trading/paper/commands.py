"""What is asked of an account. Every command ends in events, a refused one in one that says why.

``owner`` is the portfolio meant, ``by`` who asked (``page``, ``api``, ``risk``, an automation's
id). ``key`` is the sender's idempotency key; whoever journals keeps it with the first event.
"""

from decimal import Decimal

from msgspec import Struct

from market.types import Side
from trading.engine.records import Kind, TimeInForce
from trading.paper.events import ClockJumped, MarketGap, SessionBegan, SessionEnded
from trading.paper.risk import RiskLimits
from trading.paper.terms import MANUAL, AccountTerms, AutomationState

__all__ = [
    "Cancel", "CancelAll", "Change", "ChangeTerms", "Close", "CloseAll", "Command", "Kill", "Note",
    "Place", "RemoveAutomation", "Resume", "SetAutomation", "SetLimits", "Target", "Tell",
]  # fmt: skip


class Place(Struct, frozen=True, kw_only=True):
    """Place an order. Exactly one of ``size``, ``fraction`` and ``risk`` is given.

    ``size`` in base currency; ``fraction`` of the portfolio's equity that is traded, costs paid (a
    market order is sized when it reaches the market); ``risk``: money that is lost, fees of both
    fills included, when ``stop_loss`` is hit.
    Sizes made of the last two are cut to whole steps. ``limit`` belongs to LIMIT and STOP_LIMIT,
    ``stop`` to STOP and STOP_LIMIT, ``trail`` (a distance in price) to TRAILING; ``stop_loss`` and
    ``take_profit`` are prices of orders that close what this one fills. Fills of the orders of a
    ``group`` (any id of an order, 0: none) are taken off each other.
    """

    symbol: str
    side: Side
    kind: Kind = Kind.MARKET
    size: float | None = None
    fraction: float | None = None
    risk: float | None = None
    limit: float = 0.0
    stop: float = 0.0
    trail: float = 0.0
    tif: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    post_only: bool = False
    stop_loss: float = 0.0
    take_profit: float = 0.0
    group: int = 0
    owner: str = MANUAL
    key: str | None = None


class Target(Struct, frozen=True):
    """Bring positions to fractions of the portfolio's equity by market orders, negative is short.

    ``targets`` are (symbol, fraction). A symbol whose newest target is that fraction already is
    left alone unless ``again``; what is left of an order for an older target is cancelled.
    """

    owner: str
    targets: tuple[tuple[str, float], ...]
    again: bool = False
    key: str | None = None


class Change(Struct, frozen=True, kw_only=True):
    """Give an order another size or price; None: as it is. A new price loses the queue's place."""

    id: int
    size: float | None = None
    limit: float | None = None
    stop: float | None = None
    trail: float | None = None
    by: str = MANUAL
    key: str | None = None


class Cancel(Struct, frozen=True):
    """Cancel an order."""

    id: int
    by: str = MANUAL
    key: str | None = None


class CancelAll(Struct, frozen=True):
    """Cancel the live orders of a symbol, of an owner, of both; None: of all."""

    symbol: str | None = None
    owner: str | None = None
    key: str | None = None


class Close(Struct, frozen=True):
    """Close the positions in a symbol at market; None: those of every owner."""

    symbol: str
    owner: str | None = None
    key: str | None = None


class CloseAll(Struct, frozen=True):
    """Close every position at market; None: those of every owner."""

    owner: str | None = None
    key: str | None = None


class Kill(Struct, frozen=True):
    """Cancel every order, close every position, halt."""

    by: str
    why: str = "Stopped by hand."
    key: str | None = None


class Resume(Struct, frozen=True):
    """Trade again after a halt."""

    by: str
    key: str | None = None


class SetLimits(Struct, frozen=True):
    """Trade under other limits."""

    limits: RiskLimits
    by: str = MANUAL
    key: str | None = None


class ChangeTerms(Struct, frozen=True):
    """Trade under other terms; market, currency and start capital must stay."""

    terms: AccountTerms
    key: str | None = None


class SetAutomation(Struct, frozen=True, kw_only=True):
    """Add an automation, or change it. A new one takes ``capital`` out of manual's cash.

    Of one that is there capital stays what it was. ``direction``, ``size``, ``stop_loss`` and
    ``take_profit`` (0: none) are those of :class:`trading.backtest.setup.Setup`.
    """

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
    key: str | None = None


class RemoveAutomation(Struct, frozen=True):
    """Take an automation away; its cash goes back to manual. It must hold nothing any more."""

    owner: str
    key: str | None = None


class Note(Struct, frozen=True):
    """Write a note on a fill, an order, a journal row; see :class:`trading.paper.events.Noted`."""

    subject: str
    text: str
    tags: tuple[str, ...] = ()
    key: str | None = None


class Tell(Struct, frozen=True):
    """Write down what happened to the feed or the clock. ``time_ns`` of the event is replaced."""

    event: SessionBegan | SessionEnded | MarketGap | ClockJumped
    key: str | None = None


Command = (
    Place | Target | Change | Cancel | CancelAll | Close | CloseAll | Kill | Resume | SetLimits
    | ChangeTerms | SetAutomation | RemoveAutomation | Note | Tell
)  # fmt: skip
"""Any of them."""
