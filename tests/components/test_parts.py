"""The smaller parts: tables, states, toasts."""

import pytest

from components.states import failed, nothing_yet
from components.tables import Cell, Column, table
from components.toasts import refused_toast
from tests.components.trees import by_class, texts


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


def test_states_say_what_why_and_what_now() -> None:
    assert texts(nothing_yet("inbox", "No fills", "They are listed here.")) == (
        "No fills They are listed here."
    )
    assert texts(failed("Backtest", "Too few candles", "12 of 51", "Nothing was changed.")) == (
        "Backtest FAILED Too few candles 12 of 51 Nothing was changed."
    )


def test_a_refusal_stays_until_it_is_closed() -> None:
    toast = refused_toast("live", "The simulated market goes on", "No answer.")
    assert (toast["action"], toast["autoClose"]) == ("show", False)
    assert (toast["title"], toast["message"]) == ("The simulated market goes on", "No answer.")
