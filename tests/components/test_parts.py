"""The smaller parts: ticket, tables, states, toasts."""

from collections import Counter

import pytest

from components import ids
from components.account_row import Figure, account_row
from components.order_ticket import order_ticket, order_words, quote_words, size_problem
from components.states import failed, nothing_yet
from components.tables import Cell, Column, table
from components.toasts import filled_toast, refusal
from tests.components.trees import by_class, by_id, element_ids, texts


@pytest.mark.parametrize("text", ["0.1", " 2 ", "1,000.5", "1e-3"])
def test_sizes_that_can_be_ordered(text: str) -> None:
    assert size_problem(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Needs a number above 0."),
        (None, "Needs a number above 0."),
        ("ten", "Needs a number above 0."),
        ("0", "Must be above 0."),
        ("-1", "Must be above 0."),
        ("nan", "Must be above 0."),
        ("inf", "Must be above 0."),
    ],
)
def test_sizes_that_cannot(text: str | None, sentence: str) -> None:
    assert size_problem(text) == sentence


def test_ticket_says_that_it_is_paper() -> None:
    ticket = order_ticket("BTC")
    assert "PAPER" in texts(ticket)
    assert [name for name, count in Counter(element_ids(ticket)).items() if count > 1] == []
    assert texts(by_id(ticket, ids.PAPER_BUY)) == "Buy –"
    assert texts(order_words("Sell", "38,529.5")) == "Sell 38,529.5"
    assert texts(quote_words("1.0", "1.1")) == "bid 1.0 ask 1.1"


def test_table_puts_numbers_right_and_names_itself() -> None:
    tree = table(
        "Open positions", [Column("Symbol"), Column("P&L", True)], [["A", Cell("+1", "up")]]
    )
    assert texts(tree) == "Open positions Symbol P&L A +1"
    assert [part.children for part in by_class(tree, "number")] == ["P&L", "+1"]
    assert by_class(tree, "up")[0].className == "number up"


def test_table_row_of_the_wrong_length() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        table("x", [Column("A"), Column("B")], [["only one"]])


def test_account_row() -> None:
    row = account_row(
        [Figure("Equity", "10,000.00", unit="USD"), Figure("Unrealised", "−5.00", "down")]
    )
    assert texts(row) == "Equity 10,000.00 USD Unrealised −5.00"
    assert [part.children for part in by_class(row, "down")] == ["−5.00"]


def test_states_say_what_why_and_what_now() -> None:
    assert texts(nothing_yet("inbox", "No fills", "They are listed here.")) == (
        "No fills They are listed here."
    )
    assert texts(failed("Backtest", "Too few candles", "12 of 51", "Nothing was changed.")) == (
        "Backtest FAILED Too few candles 12 of 51 Nothing was changed."
    )


def test_fills_leave_and_refusals_stay() -> None:
    toast = filled_toast("fill-1", "Filled: bought 1 BTC", "fee 1")
    assert (toast["action"], toast["autoClose"]) == ("show", 4000)
    assert texts(refusal("Size 0.2 fits.")) == "Order refused Size 0.2 fits."
    assert texts(refusal("Order refused: cash. 1 of 2.")) == "Order refused Cash. 1 of 2."
