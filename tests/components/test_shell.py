import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from dash import html

from components import ids, shell
from components.document import dash_options
from components.feed_pill import feed_pill, feed_strip, pill_source
from market.types import INTERVALS
from tests.components.trees import attribute, by_id, element_ids, parts, properties, texts
from tests.conftest import ROOT

FACTS = shell.ShellFacts(("BTC-USD", "ETH-USD"), "SIMULATED", "seed 7", "simulated", "picture")


@pytest.fixture
def tree() -> Any:
    """The whole shell around an empty page."""
    return shell.layout(html.Div(), FACTS)


def statuses(tree: Any) -> dict[str, Any]:
    """Elements that the script fills, by name."""
    named = [(attribute(part, "data-status"), part) for part in parts(tree)]
    return {name: part for name, part in named if name is not None}


def test_ids_are_unique(tree: Any) -> None:
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []


def test_ids_have_unique_texts() -> None:
    names = [
        value for name, value in vars(ids).items() if name.isupper() and name != "MARKET_LINKS"
    ]
    assert len(names) == len(set(names))


def test_market_links_exist(tree: Any) -> None:
    assert set(ids.MARKET_LINKS) <= set(element_ids(tree))


def test_script_finds_all_it_fills(tree: Any) -> None:
    assert set(statuses(tree)) >= {
        "pill", "label", "source", "strip", "renderer", "frames", "age", "latency", "gaps", "clock",
    }  # fmt: skip


def test_notices_are_hidden_until_something_happens(tree: Any) -> None:
    strips = [part for part in parts(tree) if attribute(part, "data-notice") is not None]
    assert [attribute(strip, "data-notice") for strip in strips] == [
        "signed-out", "drawing", "filled",
    ]  # fmt: skip
    assert all(strip.hidden for strip in strips)
    assert texts(strips[0]) == "Signed out Your session ended. Charts are paused. Sign in"


def test_selectors_offer_everything(tree: Any) -> None:
    assert by_id(tree, ids.SYMBOL).data == ["BTC-USD", "ETH-USD"]
    offered = [item["value"] for item in by_id(tree, ids.INTERVAL).data]
    assert offered == [interval.value for interval in INTERVALS]
    assert by_id(tree, ids.INTERVAL).value in offered


def test_icon_buttons_are_named(tree: Any) -> None:
    buttons = [part for part in parts(tree) if isinstance(part, html.Button)]
    assert buttons
    assert all(attribute(button, "aria-label") or texts(button) for button in buttons)


def test_stores_start_with_the_servers_values(tree: Any) -> None:
    assert by_id(tree, ids.TIER).data == "picture"


def test_signing_out_is_offered_with_a_password_only(tree: Any) -> None:
    def forms(tree: Any) -> list[Any]:
        return [part for part in parts(tree) if isinstance(part, html.Form)]

    assert forms(tree) == []
    found = forms(shell.layout(html.Div(), replace(FACTS, may_sign_out=True)))
    assert [(form.action, form.method) for form in found] == [("/logout", "post")] * 2
    assert [texts(form) for form in found] == ["Sign out"] * 2  # rail, and the phone's bar


@pytest.mark.parametrize(
    ("label", "detail", "source"),
    [
        ("SIMULATED", "Simulated exchange, seed 7. These prices are not real.", "seed 7"),
        ("REPLAY", "Replaying day.gz at 1.5×.", "Coinbase"),
        ("LIVE", "seed 7", "Coinbase"),
        ("SIMULATED", "", "Coinbase"),
    ],
)
def test_pill_starts_with_what_the_script_writes(label: str, detail: str, source: str) -> None:
    assert pill_source(label, "Coinbase", detail) == source


def test_pill_of_a_replay_tells_its_pace_and_the_recorded_time() -> None:
    assert pill_source("REPLAY", "Coinbase", "", 1_643_662_039_000) == "31 Jan 20:47"
    pill = feed_pill("REPLAY", "31 Jan 20:47", "8×")
    assert texts(pill).split() == ["REPLAY", "8×", "31", "Jan", "20:47"]


def test_ages_are_not_announced_every_second(tree: Any) -> None:
    announced = {texts(part) for part in parts(tree) if getattr(part, "role", "") == "status"}
    assert announced == {"SIMULATED", "History filled"}


def test_pill_shows_the_servers_first_word() -> None:
    pill = feed_pill("LIVE", "Coinbase")
    assert attribute(pill, "data-state") == "live"
    assert texts(pill) == "LIVE Coinbase"


@pytest.mark.parametrize(
    ("mode", "hidden"), [("simulated", False), ("replay", False), ("live", True)]
)
def test_strip_is_there_while_prices_are_not_real(mode: str, hidden: bool) -> None:
    strip = feed_strip(mode)
    assert properties(strip)["hidden"] is hidden
    assert "Simulated market. Prices are not real." in texts(strip)


def test_document_has_the_theme_first_and_ours_after_dashs_libraries() -> None:
    options = dash_options(ROOT, "/assets/ours.js", "/assets/ours.css")
    head, _, body = options["index_string"].partition("</head>")
    assert re.findall("<script.*>", head) == ['<script src="/assets/theme.js"></script>']
    assert head.index("theme.js") < head.index('<link rel="stylesheet" href="/assets/ours.css">')
    assert re.findall("{%scripts%}|<script.*>|{%renderer%}", body) == [
        "{%scripts%}",
        '<script src="/assets/ours.js"></script>',
        "{%renderer%}",
    ]
    for name in ("theme.js", "base.css", "workers/chart_painter.js"):
        assert (ROOT / "assets" / name).is_file()
        assert re.search(options["assets_ignore"], name)  # else Dash would load it as well
