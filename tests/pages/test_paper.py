"""The paper page's tree: what is there before a value is."""

import inspect
from collections import Counter
from types import ModuleType

from components import ids
from components.paper_lists import LISTS
from components.paper_ticket import KINDS
from tests.components.trees import attribute, by_class, element_ids, parts, texts
from tests.pages.fake_services import FakeServices


def marked(tree: object, name: str) -> list[str]:
    """The values of the attribute ``data-name`` in ``tree``."""
    found = [attribute(part, f"data-{name}") for part in parts(tree)]
    return [value for value in found if value is not None]


def test_every_place_is_there_and_says_nothing_yet(paper: ModuleType) -> None:
    tree = paper.layout()
    words = texts(tree)
    assert "Equity –" in words and "Fees today –" in words
    assert "Stop all trading Ctrl Shift X Hold 1 s." in words
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []


def test_gauges_of_the_account_have_their_places(paper: ModuleType, fake: FakeServices) -> None:
    (panel,) = by_class(paper.layout(), "paper-limits")
    names = [gauge.name for gauge in fake.paper.account_view(1).gauges]
    assert names and [attribute(each, "aria-label") for each in by_class(panel, "gauge")] == names
    assert len(marked(panel, "row")) == len(names)


def test_lists_say_what_will_be_there(paper: ModuleType) -> None:
    tree = paper.layout()
    assert marked(tree, "paper-rows") == list(LISTS)
    assert marked(tree, "paper-tab") == [*LISTS, "results"]
    for each in LISTS.values():
        assert each.empty[0] in texts(tree)


def test_ticket_has_every_kind_of_order(paper: ModuleType) -> None:
    (ticket,) = by_class(paper.layout(), "order-ticket")
    values = marked(ticket, "value")
    assert values == ["buy", "sell", *KINDS, "gtc", "ioc", "fok"]
    assert marked(ticket, "share") == ["5", "10", "25", "50", "max"]
    fields = {ids.PAPER_LIMIT, ids.PAPER_STOP, ids.PAPER_TRAIL, ids.PAPER_SIZE}
    assert fields | {ids.PAPER_TARGET, ids.PAPER_LOSS, ids.PAPER_SEND} <= set(element_ids(ticket))


def test_strips_and_dialogs_are_hidden_until_they_are_needed(paper: ModuleType) -> None:
    tree = paper.layout()
    strips = by_class(tree, "paper-strips")[0].children
    assert [attribute(strip, "data-paper-strip") for strip in strips] == [
        "halted",
        "idle",
        "notice",
        "journal",
    ]
    assert all(attribute(strip, "hidden") for strip in strips)
    assert not any(attribute(dialog, "open") for dialog in by_class(tree, "dialog"))


async def test_header_of_the_phone_follows_the_symbol(
    paper: ModuleType, fake: FakeServices
) -> None:
    assert await paper.refresh_header(1, "BTC-USD") == ["38,533.0", "+1.62 %", "phone-quote up"]
    assert inspect.iscoroutinefunction(inspect.unwrap(paper.refresh_header))
