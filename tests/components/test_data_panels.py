"""The data page's panels and the strip of a replay: what the scripts need is there, and named."""

from typing import Any

from components import ids
from components.data_panels import import_form, library
from components.feed_pill import feed_strip
from components.replay_strip import SPEEDS, STEPS, replay_controls
from tests.components.trees import attribute, by_id, element_ids, parts, texts


def marked(tree: Any, name: str) -> list[str]:
    """The values of the attribute ``name`` in order."""
    values = (attribute(part, name) for part in parts(tree))
    return [str(value) for value in values if value is not None]


def test_a_replay_is_steered_by_named_buttons() -> None:
    strip = feed_strip("replay", ("BTC-USD", "ETH-USD"))
    assert marked(strip, "data-replay-act") == ["pause", "step", "leave"]
    assert marked(strip, "data-replay-speed") == [key for key, _ in SPEEDS]
    assert set(marked(strip, "data-replay")) == {"pace", "step", "at", "place", "end"}
    assert marked(strip, "data-symbols") == ["BTC-USD,ETH-USD"]
    labels = marked(strip, "aria-label")
    assert "Pause the replay" in labels
    assert "How far a step goes" in labels
    assert "REPLAY" in texts(strip)


def test_steps_begin_with_the_candle() -> None:
    options = [part for part in parts(replay_controls()) if type(part).__name__ == "Option"]
    assert [(option.value, option.children) for option in options] == list(STEPS)


def test_the_import_asks_for_what_the_route_takes() -> None:
    form = import_form(("coinbase", "kraken"), "kraken", "ETH-USD", ("1m", "1h"),
                       ("2026-11-19", "2026-11-20"))  # fmt: skip
    names = [ids.IMPORT_VENUE, ids.IMPORT_SYMBOL, ids.IMPORT_INTERVAL, ids.IMPORT_FROM,
             ids.IMPORT_TO]  # fmt: skip
    assert [name for name in element_ids(form) if name in names] == names
    assert [by_id(form, name).value for name in names] == [
        "kraken", "ETH-USD", "1m", "2026-11-19", "2026-11-20",
    ]  # fmt: skip
    assert set(marked(form, "data-importing")) == {
        "progress", "name", "text", "bar", "problem", "start", "cancel",
    }  # fmt: skip
    hidden = [part for part in parts(form) if attribute(part, "data-importing") == "cancel"]
    assert [part.hidden for part in hidden] == [True]


def test_the_list_says_that_it_is_being_read() -> None:
    assert "Reading what is stored." in texts(library())
    assert set(marked(library(), "data-library")) == {"count", "body"}
