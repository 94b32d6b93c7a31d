"""Paper trading: what fills, what is refused, and that the books balance."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.types import Quote, Side, Symbol, Trade
from trading.errors import BadQuantity, OrderRefused
from trading.fill_models import ProportionalFee, ProportionalSlippage
from trading.orders import PriceSource
from trading.paper.quote_engine import PaperEngine, PaperRules
from trading.quantities import MONEY

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
D = Decimal
FREE = ProportionalFee(D(0))


def quote(bid: float, ask: float, symbol: Symbol = BTC) -> Quote:
    return Quote(symbol, 1, bid, 1.0, ask, 1.0)


def trade(price: float, symbol: Symbol = BTC) -> Trade:
    return Trade(symbol, 1, 1, price, 1.0, Side.BUY)


def engine(capital: int = 50_000, short: bool = False, fee: str = "0.001") -> PaperEngine:
    rules = PaperRules(start_capital=D(capital), allow_short=short)
    return PaperEngine(rules, ProportionalFee(D(fee)))


def test_buys_fill_at_the_ask_and_sales_at_the_bid() -> None:
    paper = engine()
    bought = paper.submit(BTC, Side.BUY, D(1), quote(100.0, 101.0), trade(50.0), 7)
    sold = paper.submit(BTC, Side.SELL, D(1), quote(100.0, 101.0), trade(50.0), 8)
    assert (bought.price, bought.source, bought.time_ns) == (D(101), PriceSource.ASK, 7)
    assert (sold.price, sold.source, sold.realised) == (D(100), PriceSource.BID, D(-1))
    assert (bought.fee, sold.fee) == (D("0.101"), D("0.1"))


def test_without_a_quote_the_last_trade_fills_and_the_fill_says_so() -> None:
    fill = engine().submit(BTC, Side.BUY, D(1), None, trade(50.5), 7)
    assert (fill.price, fill.source) == (D("50.5"), PriceSource.LAST)


def test_slippage_model_is_used() -> None:
    paper = PaperEngine(fees=FREE, slippage=ProportionalSlippage(D(10)))
    assert paper.submit(BTC, Side.BUY, D(1), quote(99.0, 100.0), None, 7).price == D("100.1")


def test_view_by_hand() -> None:
    paper = engine()
    paper.submit(BTC, Side.BUY, D("0.5"), quote(38_000.0, 38_000.0), None, 1)
    paper.submit(ETH, Side.BUY, D(2), quote(2_500.0, 2_500.0, ETH), None, 2)
    paper.submit(BTC, Side.SELL, D("0.25"), quote(38_400.0, 38_400.0), None, 3)
    view = paper.view({BTC: 38_800.0, ETH: 2_400.0})
    assert view.fees == D("33.6")
    assert (view.realised, view.unrealised) == (D(100), D(0))
    assert view.cash == view.available == D("35566.4")
    assert view.equity == D("50066.4")
    btc, eth = view.positions
    assert (btc.size, btc.average_price, btc.mark, btc.value) == (
        D("0.25"),
        D(38_000),
        D(38_800),
        D(9_700),
    )
    assert (btc.unrealised, eth.unrealised) == (D(200), D(-200))
    assert (eth.return_fraction, eth.side) == (D("-0.04"), Side.BUY)
    assert [fill.fill_id for fill in view.fills] == [1, 2, 3]


def test_a_position_without_a_mark_counts_at_its_entry() -> None:
    paper = engine(fee="0")
    paper.submit(BTC, Side.BUY, D(1), quote(100.0, 100.0), None, 1)
    view = paper.view({})
    assert view.equity == D(50_000)
    assert (view.positions[0].mark, view.positions[0].unrealised) == (None, None)
    assert view.positions[0].value == D(100)


def test_a_mark_that_is_no_price_is_refused() -> None:
    paper = engine()
    paper.submit(BTC, Side.BUY, D(1), quote(100.0, 100.0), None, 1)
    with pytest.raises(BadQuantity, match="Price was nan"):
        paper.view({BTC: float("nan")})


def refusal(paper: PaperEngine, side: Side, size: str, market: Quote | None) -> OrderRefused:
    """The refusal of an order that must leave no trace."""
    before = paper.view({})
    with pytest.raises(OrderRefused) as caught:
        paper.submit(BTC, side, D(size), market, None, 9)
    assert paper.view({}) == before
    return caught.value


def test_cash_refusal_has_the_numbers_and_the_size_that_fits() -> None:
    refused = refusal(engine(fee="0"), Side.BUY, "0.5", quote(104_800.0, 104_800.0))
    assert refused.reason == "cash"
    assert str(refused) == (
        "Order refused: cash. Needs 52,400.00 USD, 50,000.00 available. Size 0.47709923 BTC fits."
    )


def test_refusal_rounds_so_that_the_numbers_show_the_lack() -> None:
    refused = refusal(engine(100, fee="0"), Side.BUY, "1", quote(100.001, 100.001))
    assert "Needs 100.01 USD, 100.00 available." in str(refused)


def test_the_size_that_fits_does_fit() -> None:
    paper = engine()
    words = str(refusal(paper, Side.BUY, "1", quote(77_777.7, 77_777.7)))
    fits = D(words.split("Size ")[1].split(maxsplit=1)[0])
    market = quote(77_777.7, 77_777.7)
    with pytest.raises(OrderRefused):
        paper.submit(BTC, Side.BUY, fits + D("1E-8"), market, None, 9)
    paper.submit(BTC, Side.BUY, fits, market, None, 9)
    assert 0 <= paper.view({}).cash < D("0.01")


def test_no_size_fits_an_empty_account() -> None:
    paper = engine(fee="0")
    paper.submit(BTC, Side.BUY, D("0.5"), quote(100_000.0, 100_000.0), None, 1)
    assert "0.00000000 available. No size fits." in str(
        refusal(paper, Side.BUY, "1", quote(100.0, 100.0))
    )


def test_selling_more_than_held_is_refused_with_what_fits() -> None:
    paper = engine()
    assert str(refusal(paper, Side.SELL, "1", quote(100.0, 100.0))) == (
        "Order refused: position. Sells 1.0000 BTC, 0.0000 held, and short selling is off."
    )
    paper.submit(BTC, Side.BUY, D("0.25"), quote(100.0, 100.0), None, 1)
    assert str(refusal(paper, Side.SELL, "1", quote(100.0, 100.0))).endswith(
        "Sells 1.0000 BTC, 0.2500 held, and short selling is off. Size 0.2500 BTC fits."
    )


def test_without_any_price_there_is_no_fill() -> None:
    assert str(refusal(engine(), Side.BUY, "1", None)) == (
        "Order refused: price. BTC-USD has no quote and no trade yet."
    )


def test_other_currencies_are_refused() -> None:
    with pytest.raises(OrderRefused, match="ETH-BTC is paid in BTC, the account holds USD"):
        engine().submit(Symbol("ETH-BTC"), Side.BUY, D(1), quote(0.07, 0.07), None, 1)
    with pytest.raises(OrderRefused, match="paid in an unknown currency"):
        engine().submit(Symbol("BTC"), Side.BUY, D(1), quote(0.07, 0.07), None, 1)


@pytest.mark.parametrize("size", ["NaN", "0", "-1", "1E-9"])
def test_bad_sizes_are_refused(size: str) -> None:
    with pytest.raises(BadQuantity, match="Size was"):
        engine().submit(BTC, Side.BUY, D(size), quote(1.0, 1.0), None, 1)


def test_size_digits_follow_the_symbol() -> None:
    paper = PaperEngine(PaperRules(size_decimals={BTC: 2}))
    with pytest.raises(BadQuantity, match="allowed are 2 digits"):
        paper.submit(BTC, Side.BUY, D("0.001"), quote(1.0, 1.0), None, 1)
    with pytest.raises(OrderRefused, match=r"Size 999\.0000 BTC fits|Size 999\.00"):
        paper.submit(BTC, Side.BUY, D("1000"), quote(100.0, 100.0), None, 1)


def test_negative_time_and_capital_are_refused() -> None:
    with pytest.raises(BadQuantity, match="Time was -1 ns"):
        engine().submit(BTC, Side.BUY, D(1), quote(1.0, 1.0), None, -1)
    with pytest.raises(BadQuantity, match="Start capital was 0"):
        engine(0)


def test_a_short_needs_its_value_as_collateral() -> None:
    paper = engine(1000, short=True, fee="0")
    assert "Size 10.0000 BTC fits" in str(refusal(paper, Side.SELL, "11", quote(100.0, 101.0)))
    paper.submit(BTC, Side.SELL, D(10), quote(100.0, 101.0), None, 1)
    view = paper.view({BTC: 90.0})
    assert (view.cash, view.available, view.equity) == (D(2000), D(0), D(1100))
    assert view.positions[0].side is Side.SELL
    assert (view.positions[0].value, view.positions[0].unrealised) == (D(-900), D(100))
    assert view.positions[0].return_fraction == D("0.1")
    covered = paper.submit(BTC, Side.BUY, D(10), quote(89.0, 90.0), None, 2)
    assert covered.realised == 100
    assert paper.view({}).cash == 1100


def test_flips_need_cash_only_for_what_they_open() -> None:
    paper = engine(1000, short=True, fee="0")
    paper.submit(BTC, Side.BUY, D(10), quote(100.0, 100.0), None, 1)
    assert "Size 20.0000 BTC fits" in str(refusal(paper, Side.SELL, "21", quote(100.0, 100.0)))
    paper.submit(BTC, Side.SELL, D(20), quote(100.0, 100.0), None, 2)
    assert "Size 20.0000 BTC fits" in str(refusal(paper, Side.BUY, "21", quote(100.0, 100.0)))
    paper.submit(BTC, Side.BUY, D(20), quote(100.0, 100.0), None, 3)
    assert paper.view({}).cash == 0


ORDERS = st.lists(
    st.tuples(
        st.sampled_from([BTC, ETH]),
        st.sampled_from([Side.BUY, Side.SELL]),
        st.decimals("0.00000001", "30", places=8),
        st.floats(0.01, 10_000).map(lambda price: round(price, 6)),
    ),
    max_size=40,
)


@given(ORDERS, st.booleans(), st.floats(0.01, 10_000), st.floats(0.01, 10_000))
@settings(deadline=None, max_examples=150)
def test_books_balance_exactly_and_cash_never_becomes_negative(
    orders: list[tuple[Symbol, Side, Decimal, float]], short: bool, btc: float, eth: float
) -> None:
    paper = engine(20_000, short)
    for time_ns, (symbol, side, size, price) in enumerate(orders):
        try:
            paper.submit(symbol, side, size, quote(price, price, symbol), None, time_ns)
        except OrderRefused as refused:
            assert refused.reason in {"cash", "position"}
        view = paper.view({BTC: btc, ETH: eth})
        assert view.cash >= 0
        assert short or all(position.size > 0 for position in view.positions)
        with localcontext(MONEY):
            value = sum((position.value for position in view.positions), D(0))
            assert view.equity == view.cash + value
            assert view.equity - view.start_capital == view.realised + view.unrealised - view.fees
            assert view.realised == sum(fill.realised for fill in view.fills)
            assert view.fees == sum(fill.fee for fill in view.fills)


@given(ORDERS)
@settings(deadline=None, max_examples=30)
def test_the_same_orders_give_the_same_fills(
    orders: list[tuple[Symbol, Side, Decimal, float]],
) -> None:
    views = []
    for paper in (engine(), engine()):
        for time_ns, (symbol, side, size, price) in enumerate(orders):
            try:
                paper.submit(symbol, side, size, quote(price, price, symbol), None, time_ns)
            except OrderRefused:
                continue
        views.append(paper.view({}))
    assert views[0] == views[1]
