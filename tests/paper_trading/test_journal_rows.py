"""Rows of the journal call automations by their names, after their end too."""

from decimal import Decimal

from tests.paper_trading.harness import moved, wait_for
from trading.paper import events as ev


def automation(name: str, owner: str) -> ev.AutomationSet:
    return ev.AutomationSet(
        1, owner, name, "sma_cross", {}, ("BTC-USD",), "1m", Decimal(10), "running"
    )


def test_rows_of_automations_have_their_names_and_ids() -> None:
    with moved() as desk:
        account = desk.paper.account(1)
        told = (
            automation("MA cross", "a1"),
            automation("Gone", "a2"),
            ev.CashMoved(1, "manual", "a1", Decimal(7), "its capital."),
            ev.AutomationStepped(1, "a1", 0, ()),
            ev.AutomationRemoved(1, "a2"),
        )
        newest = desk.view().seq

        def tell() -> None:
            account.core.records.apply(told[0])  # the other one is gone
            account.record(list(told))
            account.flush()

        desk.paper.post(tell)
        wait_for(lambda: account.recording.committed == newest + len(told), "the rows")
        rows = desk.paper.journal_rows(1, limit=5, steps=True)
        assert [(row.words, row.owner) for row in rows[:3]] == [
            ("Automation Gone was removed.", "a2"),
            ("MA cross saw a candle close.", "a1"),
            ("7 moved from manual to MA cross: its capital.", "a1"),
        ]
