"""Lives of accounts, for tests: whatever may be asked of one, whatever its market may say."""

from decimal import Decimal

from hypothesis import strategies as st

from market.types import Quote, Side, Symbol, Trade
from tests.trading.paper.account import BTC, ETH, MS, Account, book
from trading.engine.records import Kind, TimeInForce
from trading.paper.commands import (
    Cancel,
    CancelAll,
    Change,
    ChangeTerms,
    Close,
    CloseAll,
    Command,
    Kill,
    Note,
    Place,
    RemoveAutomation,
    Resume,
    SetAutomation,
    SetLimits,
    Target,
    Tell,
)
from trading.paper.events import SessionBegan
from trading.paper.risk import RiskLimits
from trading.paper.tape import MarketInput, NoBook, PassTime
from trading.paper.terms import AccountTerms

Step = tuple[Command | MarketInput, int]

PRICES = {BTC: 60_000.0, ETH: 3_000.0}
SYMBOLS = st.sampled_from([BTC, ETH])
SIDES = st.sampled_from([Side.BUY, Side.SELL])
OWNERS = st.sampled_from(["manual", "auto"])
IDS = st.integers(1, 12)
MOVES = st.integers(-30, 30).map(lambda tenths: 1 + tenths / 1000)
SIZES = st.integers(1, 900).map(lambda tenths: tenths / 1000)

TERMS = st.sampled_from([
    AccountTerms(name="Cash"),
    AccountTerms(name="Spot", short=False, maker_fee=0.0, taker_fee=0.0026),
    AccountTerms(name="Slow", latency_ns=5 * MS, slippage=0.0005),
    AccountTerms(name="Margin", leverage=5.0, maintenance=0.1),
])  # fmt: skip


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Orders that mostly make sense."""
    symbol, side = draw(SYMBOLS), draw(SIDES)
    price = round(PRICES[symbol] * draw(MOVES))
    kind = draw(st.sampled_from(list(Kind)))
    exits = draw(st.booleans())
    sized = draw(st.sampled_from(["size", "size", "fraction", "risk"]))
    amount = {"size": draw(SIZES), "fraction": draw(SIZES), "risk": 100 * draw(SIZES)}[sized]
    return Place(
        symbol=symbol, side=side, kind=kind, owner=draw(OWNERS),
        size=amount if sized == "size" else None,
        fraction=amount if sized == "fraction" else None,
        risk=amount if sized == "risk" else None,
        limit=price if kind in (Kind.LIMIT, Kind.STOP_LIMIT) else 0.0,
        stop=round(PRICES[symbol] * draw(MOVES)) if kind in (Kind.STOP, Kind.STOP_LIMIT) else 0.0,
        trail=PRICES[symbol] / 100 if kind is Kind.TRAILING else 0.0,
        tif=draw(st.sampled_from(list(TimeInForce))),
        reduce_only=draw(st.sampled_from([False, False, True])),
        post_only=draw(st.sampled_from([False, False, True])),
        stop_loss=round(price * (1 - 0.02 * side)) if exits or sized == "risk" else 0.0,
        take_profit=round(price * (1 + 0.02 * side)) if exits else 0.0,
    )  # fmt: skip


def automation(state: str) -> SetAutomation:
    """An automation with a fifth of the capital."""
    return SetAutomation(
        owner="auto", name="SMA cross", strategy="sma_cross", values={"fast": 10}, interval="1m",
        symbols=(BTC,), capital=Decimal(20_000), state="running" if state else "paused",
    )  # fmt: skip


COMMANDS: st.SearchStrategy[Command] = st.one_of(
    places(), places(), places(), places(),
    st.builds(
        Target, OWNERS,
        st.tuples(st.tuples(SYMBOLS, st.sampled_from([-0.5, 0.0, 0.4, 1.0, float("nan")]))),
    ),
    st.builds(Change, id=IDS, limit=st.sampled_from([59_500.0, 3_050.0, None]), size=SIZES),
    st.builds(Change, id=IDS, stop=st.sampled_from([58_500.0, 61_500.0])),
    st.builds(Cancel, IDS), st.builds(CancelAll, symbol=SYMBOLS, owner=OWNERS),
    st.builds(Close, SYMBOLS), st.builds(CloseAll, OWNERS), st.just(Kill("page")),
    st.just(Resume("page")), st.builds(automation, st.sampled_from(["", "running"])),
    st.just(RemoveAutomation("auto")), st.just(Note("fill 1", "Too early.", ("fomo",))),
    st.just(ChangeTerms(AccountTerms(name="Other", taker_fee=0.002, leverage=2.0))),
    st.just(Tell(SessionBegan(0, "Coinbase"))),
    st.just(SetLimits(RiskLimits(max_daily_loss=500.0, flatten_when_tripped=True))),
    st.just(SetLimits(RiskLimits(max_exposure=60_000.0, orders_per_minute=8))),
)  # fmt: skip


@st.composite
def inputs(draw: st.DrawFn) -> MarketInput:
    """What a market says: prices end in .5, so nothing trades at just an order's price."""
    symbol = Symbol(draw(SYMBOLS))
    price = round(PRICES[symbol] * draw(MOVES)) + 0.5
    tick = PRICES[symbol] / 6_000
    size = draw(SIZES)
    choices: list[MarketInput] = [
        Trade(symbol, 1, 0, price, size, draw(SIDES)),
        Trade(symbol, 1, 0, price, size, draw(SIDES)),
        Quote(symbol, 0, price - tick, 3 * size, price + tick, 2 * size),
        book(symbol, [(price - tick, size), (price - 3 * tick, 9.0)],
             [(price + tick, size), (price + 2 * tick, size), (price + 9 * tick, 50.0)]),
        NoBook(symbol), PassTime(),
    ]  # fmt: skip
    return draw(st.sampled_from(choices))


STEPS_OF_LIFE = st.tuples(
    st.one_of(COMMANDS, inputs()), st.sampled_from([0, MS, 7 * MS, 150 * MS, 61_000 * MS])
)


def live(account: Account, steps: list[Step]) -> None:
    """Let an account live through ``steps``, with prices known.

    The quote comes first: what the trade sets off meets the same offers after a restart.
    """
    for symbol, price in PRICES.items():
        account.market(NoBook(symbol))
        account.quote(price * 0.9999, price * 1.0001, symbol)
        account.trade(price + 0.5, symbol=symbol)
    account.do(automation("running"))
    for step in steps:
        take(account, step)


def take(account: Account, step: Step) -> None:
    """Let an account live through one step."""
    act, later_ns = step
    if isinstance(act, tuple):
        account.market(act, later_ns)
    else:
        account.do(act, later_ns)
