"""The parts of the paper page that its scripts fill."""

from components.icons import NAMES
from components.paper_account import account_button, account_menu, account_row, account_strips
from components.paper_dialogs import TITLES, paper_dialogs
from components.paper_lists import LISTS, paper_lists
from components.paper_sheet import TABS, paper_sheet
from components.paper_side import automation_panel, kill_switch, limits_panel
from tests.components.trees import attribute, by_class, parts, texts


def test_kill_switch_says_how_it_is_pressed() -> None:
    switch = kill_switch()
    (button,) = by_class(switch, "kill")
    assert attribute(button, "aria-keyshortcuts") == "Control+Shift+X"
    described = attribute(button, "aria-describedby")
    assert [part.children for part in parts(switch) if getattr(part, "id", None) == described] == [
        "Hold 1 s."
    ]


def test_every_dialog_is_named_by_its_head() -> None:
    for dialog, title in zip(paper_dialogs(), TITLES.values(), strict=True):
        name = attribute(dialog, "aria-labelledby")
        (head,) = [part for part in parts(dialog) if getattr(part, "id", None) == name]
        assert head.children == title


def test_acts_are_buttons_with_words() -> None:
    for tree in (
        account_row(),
        account_strips(),
        account_menu(),
        limits_panel(),
        automation_panel(),
    ):
        for part in parts(tree):
            if attribute(part, "data-paper-act") is not None:
                assert part.type == "button"
                assert texts(part) or attribute(part, "aria-label")


def test_account_button_opens_the_menu() -> None:
    assert attribute(account_button(), "data-opens") == attribute(account_menu(), "id")
    assert texts(account_button()) == "PAPER –"


def test_sheet_begins_with_the_ticket() -> None:
    sheet = paper_sheet([])
    tabs = by_class(sheet, "side-tab")
    assert [attribute(tab, "data-sheet-tab") for tab in tabs] == list(TABS)
    assert [attribute(tab, "aria-selected") for tab in tabs].count("true") == 1
    assert {"grip", "power"} <= NAMES


def test_sums_stand_below_their_columns() -> None:
    (table,) = [part for part in by_class(paper_lists(), "paper-table") if len(part.children) == 4]
    _, head, _, foot = table.children
    assert foot.hidden
    below = {
        attribute(cell, "data-paper-sum"): title.children
        for cell, title in zip(foot.children.children, head.children.children, strict=True)
    }
    below.pop(None)
    assert below == {"value": "Value", "p&l": "P&L"}
    assert set(below.values()) == set(LISTS["positions"].summed)
