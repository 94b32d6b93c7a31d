"""What programs may send to trade on paper, and the commands that it means.

A body that is no order at all (a word for a size) is answered here and is nowhere kept. What can be
read goes to the account, which takes it or refuses it with a reason, and journals both.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field, field_validator

from market.types import Side
from paper_trading.views import AccountView
from server.errors import RequestError
from trading.engine.policies import MAX_LATENCY_NS
from trading.engine.records import Kind, TimeInForce
from trading.errors import BadLimit
from trading.paper.commands import Change, Note, Place, SetLimits
from trading.paper.risk import RiskLimits
from trading.paper.terms import AccountTerms

LONGEST_NAME = 64
MOST_PARAMETERS = 32
MOST_SYMBOLS = 100

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Price = float | None
MakerFee = Annotated[float | None, Field(description="Of a fill that waited in the book")]
TakerFee = Annotated[float | None, Field(description="Of a fill that did not")]
SlippagePercent = Annotated[float | None, Field(description="Of fills without a known book")]
LatencyMs = Annotated[float | None, Field(description="From an order to the market")]
Short = Annotated[bool | None, Field(description="Whether more may be sold than is held")]

_KINDS = {
    "market": Kind.MARKET, "limit": Kind.LIMIT, "stop": Kind.STOP, "stop_limit": Kind.STOP_LIMIT,
    "trail": Kind.TRAILING,
}  # fmt: skip


class OrderBody(BaseModel):
    """An order; one of ``size``, ``percent`` and ``risk`` says how much."""

    model_config = ConfigDict(extra="forbid")

    symbol: Name = Field(examples=["BTC-USD"])
    side: Literal["buy", "sell"]
    kind: Literal["market", "limit", "stop", "stop_limit", "trail"] = "market"
    size: float | None = Field(None, description="In base currency", examples=[0.25])
    percent: float | None = Field(None, description="Of the equity, fees included", examples=[10])
    risk: float | None = Field(None, description="Money that is lost when stop_loss is hit")
    limit: Price = Field(None, description="Price of a limit and a stop_limit order")
    stop: Price = Field(None, description="Price at which a stop and a stop_limit order wakes")
    trail: Price = Field(None, description="Distance in price of a trail order")
    tif: Literal["gtc", "ioc", "fok"] = "gtc"
    post_only: bool = Field(False, description="Ends rather than take")
    reduce_only: bool = Field(False, description="Never opens a position")
    stop_loss: Price = Field(None, description="Price of an order that closes at a loss")
    take_profit: Price = Field(None, description="Price of an order that closes at a profit")

    @field_validator("limit", "stop", "trail", "stop_loss", "take_profit")
    @classmethod
    def _not_zero(cls, value: float | None) -> float | None:
        if value == 0:
            raise ValueError("leave it out for none")
        return value

    def command(self, key: str | None) -> Place:
        """As the account takes it."""
        return Place(
            symbol=self.symbol,
            side=Side.BUY if self.side == "buy" else Side.SELL,
            kind=_KINDS[self.kind],
            size=self.size,
            fraction=None if self.percent is None else self.percent / 100,
            risk=self.risk,
            limit=self.limit or 0.0,
            stop=self.stop or 0.0,
            trail=self.trail or 0.0,
            tif=TimeInForce[self.tif.upper()],
            reduce_only=self.reduce_only,
            post_only=self.post_only,
            stop_loss=self.stop_loss or 0.0,
            take_profit=self.take_profit or 0.0,
            key=key,
        )


class ChangeBody(BaseModel):
    """What of an order shall be otherwise; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    size: float | None = Field(None, description="Its whole size, filled part included")
    limit: Price = None
    stop: Price = None
    trail: Price = None

    def command(self, order: int, by: str, key: str | None) -> Change:
        """As the account takes it."""
        return Change(
            id=order, size=self.size, limit=self.limit, stop=self.stop, trail=self.trail, by=by,
            key=key,
        )  # fmt: skip


class LimitsBody(BaseModel):
    """The risk limits of an account; null: no limit."""

    model_config = ConfigDict(extra="forbid")

    max_order_value: float | None = Field(None, description="Worth of one order")
    max_order_size: dict[Name, float] = Field(
        {}, max_length=MOST_SYMBOLS, description="By symbol", examples=[{"BTC-USD": 1}]
    )
    max_position_value: float | None = Field(None, description="Worth of a position in any symbol")
    max_position_values: dict[Name, float] = Field(
        {}, max_length=MOST_SYMBOLS, description="In these symbols instead",
        examples=[{"BTC-USD": 15000}],
    )  # fmt: skip
    max_exposure: float | None = Field(None, description="Worth of all positions together")
    max_daily_loss: float | None = Field(None, description="In a UTC day; reached, trading stops")
    max_drawdown: float | None = Field(
        None, description="Fraction of the highest equity; reached, trading stops", examples=[0.05]
    )
    orders_per_minute: int | None = None
    price_collar: float | None = Field(
        0.5, description="Largest distance of an order's price from the market, a fraction"
    )
    stale_after_s: float | None = Field(
        15.0, description="Silence of the venue, heartbeats included, in which nothing is traded"
    )
    quiet_after_s: float | None = Field(
        300.0, description="The same of a symbol while its venue is heard"
    )
    refuse_crossed: bool = Field(True, description="No orders while the bid is above the ask")
    rejects_in_a_row: int | None = Field(20, description="Refused orders after which trading stops")
    flatten_when_tripped: bool = Field(
        False, description="Whether positions are closed when a limit stops trading"
    )

    def command(self, by: str, key: str | None) -> SetLimits:
        """As the account takes it; raises :class:`RequestError` for a limit out of bounds."""
        try:
            limits = RiskLimits(**self.model_dump())
        except BadLimit as error:
            raise RequestError(str(error)) from None
        return SetLimits(limits=limits, by=by, key=key)


class NoteBody(BaseModel):
    """A note of the trader; it replaces the one that was there."""

    model_config = ConfigDict(extra="forbid")

    note: str = ""
    tags: tuple[str, ...] = Field((), examples=[["breakout", "late"]])

    def command(self, subject: str, key: str | None) -> Note:
        """As the account takes it."""
        return Note(subject=subject, text=self.note, tags=self.tags, key=key)


class TermsBody(BaseModel):
    """What an account trades under from now on; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    maker_fee_percent: MakerFee = None
    taker_fee_percent: TakerFee = None
    slippage_percent: SlippagePercent = None
    leverage: float | None = None
    latency_ms: LatencyMs = None
    short: Short = None

    def terms(self, before: AccountTerms) -> AccountTerms:
        """``before`` with what was given."""
        return changed(before, self.model_dump())


class AccountBody(BaseModel):
    """A new account; its name, market, currency and capital stay what they are."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(min_length=1, examples=["Swing"])
    market: Literal["live", "simulated"] = "live"
    currency: Name = Field("USD", description="Symbols quoted in it can be traded")
    start_capital: Decimal = Field(Decimal(100_000), gt=0, le=10**12)
    maker_fee_percent: MakerFee = None
    taker_fee_percent: TakerFee = None
    slippage_percent: SlippagePercent = None
    leverage: float | None = None
    latency_ms: LatencyMs = None
    short: Short = None

    def opened(self) -> AccountTerms:
        """The terms that it is opened under."""
        plain = AccountTerms(
            name=self.name, market=self.market, currency=self.currency,
            start_capital=self.start_capital,
        )  # fmt: skip
        return changed(plain, self.model_dump())


def changed(before: AccountTerms, given: Mapping[str, Any]) -> AccountTerms:
    """``before`` with what was given as bodies name it; None stays as it was."""
    latency_ms = given["latency_ms"]
    named = {
        "maker_fee": _fraction(given["maker_fee_percent"]),
        "taker_fee": _fraction(given["taker_fee_percent"]),
        "slippage": _fraction(given["slippage_percent"]),
        "leverage": given["leverage"],
        "latency_ns": None if latency_ms is None else _whole(latency_ms * 1e6),
        "short": given["short"],
    }
    return replace(before, **{name: value for name, value in named.items() if value is not None})


def terms_of(view: AccountView) -> AccountTerms:
    """The terms of an account as its view tells them."""
    terms = view.terms
    return AccountTerms(
        name=view.name, market=view.market, currency=view.currency,
        start_capital=view.start_capital, maker_fee=float(terms.maker_fee_percent / 100),
        taker_fee=float(terms.taker_fee_percent / 100),
        slippage=float(terms.slippage_percent / 100), leverage=float(terms.leverage),
        maintenance=float(terms.maintenance_percent / 100),
        latency_ns=round(terms.latency_ms * 1e6), short=terms.short,
    )  # fmt: skip


def _fraction(percent: float | None) -> float | None:
    """Rounded, so that 0.1 % is 0.001."""
    return None if percent is None else round(percent / 100, 12)


def _whole(value: float) -> int:
    """Raises :class:`RequestError` for what is no length of time."""
    if not 0 <= value <= MAX_LATENCY_NS:
        most = MAX_LATENCY_NS / 1e6
        raise RequestError(f"latency_ms was {value / 1e6:g}; allowed is 0 to {most:,.0f}")
    return round(value)
