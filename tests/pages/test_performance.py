"""The performance page over real services with a market filled by hand."""

import importlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from time import monotonic_ns
from types import ModuleType
from typing import Any

import dash
import pytest

from components import ids
from pages import performance_paper_words as paper_words
from pages import performance_stage_words as stage_words
from pages import performance_words as words
from server import services as served
from server.histogram_ring import SLOT_NS
from server.paper_views import PaperStatus
from server.performance_view import GpuView, PerformanceView, SeriesView, ViewerView
from server.services import Services
from tests.components.trees import by_class, by_id, element_ids, texts
from tests.server.harness import make_services


@pytest.fixture
def services() -> Iterator[Services]:
    before = served._Installed.services
    made, _, _ = make_services()
    served.install(made)
    yield made
    made.close()
    served._Installed.services = before


@pytest.fixture
def page(dash_app: dash.Dash, services: Services) -> ModuleType:
    return importlib.import_module("pages.performance")


@pytest.fixture
def view(services: Services) -> PerformanceView:
    """After three ticks: encoding took 1 ms, too long, and painting 10 ms."""
    for _ in range(3):
        services.telemetry.stage("encode", 1e6)
        services.telemetry.stage("ack", 1e7)
        services.telemetry.stage("tick_to_ack", 1.2e7)
    return services.performance.view_now("5m")


def test_page_has_every_panel_and_unique_ids(page: ModuleType) -> None:
    tree = page.layout(ignored="x")
    titles = [texts(head.children[0]) for head in by_class(tree, "panel-head")]
    assert titles == [
        "Latency by stage", "Renderers", "Life of one tick", "Tick → pixel", "Feed", "Viewers",
        "Paper trading", "Process",
    ]  # fmt: skip
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []


def test_before_the_first_picture_it_says_what_makes_figures_appear(page: ModuleType) -> None:
    tree = page.layout()
    assert "No tick was shown yet" in texts(by_id(tree, ids.PERFORMANCE_COURSE))
    assert "Open the dashboard" in texts(tree)
    assert (
        texts(by_class(tree, "whole-way")[0]) == "Tick → pixel receive to browser ack – – – – – 40"
    )


def test_filling_has_one_value_for_each_output(page: ModuleType, view: PerformanceView) -> None:
    assert len(page.filling(view)) == len(page._FILLED)


async def test_refresh_looks_back_as_far_as_chosen(page: ModuleType, view: PerformanceView) -> None:
    shown = dict(zip(page._FILLED, await page.refresh(1, "1h", 0), strict=True))
    assert "p95, per 2 min" in texts(shown[ids.PERFORMANCE_STAGES])
    assert "No tick" not in texts(shown[ids.PERFORMANCE_COURSE])
    later = dict(zip(page._FILLED, await page.refresh(1, "1h", 10**9), strict=True))
    assert "No tick" in texts(later[ids.PERFORMANCE_COURSE])


async def test_reset_counts_from_the_next_slot(page: ModuleType) -> None:
    before = monotonic_ns() // SLOT_NS
    assert await page.reset(1) in {before + 1, before + 2}
    with pytest.raises(dash.exceptions.PreventUpdate):
        await page.reset(None)


async def test_buttons_do_nothing_when_the_page_comes(page: ModuleType) -> None:
    for act in (page.time_renderers(None), page.diagnose(None, None)):
        with pytest.raises(dash.exceptions.PreventUpdate):
            await act


async def test_renderer_is_chosen_or_refused_with_the_reason(
    page: ModuleType, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = importlib.import_module("pages.renderer_choice")
    assert services.performance.renderer_asked == "cpu"
    with pytest.raises(dash.exceptions.PreventUpdate):
        await choices.use_renderer("cpu")
    value, toast = await choices.use_renderer("abacus")
    assert (value, toast[0]["title"]) == ("cpu", "abacus does not draw")
    assert toast[0]["message"].startswith("There is none of that name; known are auto, cuda")
    assert await choices.use_renderer("plotly") == (dash.no_update, dash.no_update)
    assert services.tier() == "plotly"
    assert await choices.use_renderer("auto") == (dash.no_update, dash.no_update)
    assert services.tier() == "picture"


def test_renderers_that_cannot_be_had_cannot_be_chosen(
    page: ModuleType, view: PerformanceView
) -> None:
    choices = importlib.import_module("pages.renderer_choice")
    rows = tuple(
        replace(row, state="unavailable") if row.name == "cuda" else row for row in view.renderers
    )
    offered = choices.renderer_choice(replace(view, renderers=rows)).data
    assert [item["value"] for item in offered if item["disabled"]] == ["cuda"]


async def test_diagnosis_tells_all(page: ModuleType, view: PerformanceView) -> None:
    text = await page.diagnose(1, None)
    assert "Encode: 3, 1." in text
    assert "cpu: works" in text
    assert "Simulator, simulated, 12" in text


def test_late_stages_are_marked_and_others_not(view: PerformanceView) -> None:
    rows = {row.name: row for row in stage_words.stage_rows(view)}
    assert (rows["Encode"].late, rows["Paint"].late, rows["Draw"].late) == (True, False, False)
    assert (rows["Encode"].calm[-1], rows["Encode"].over[-1]) == (0.0, 1.0)
    assert (rows["Paint"].calm[-1], rows["Paint"].over[-1]) == (1.0, 0.0)
    assert rows["Encode"].samples == "3" and rows["Draw"].samples == "–"


def test_split_of_the_histogram_is_at_95_percent() -> None:
    body, tail = stage_words._split((0, 94, 1, 5, 0))
    assert body == [0, 1, pytest.approx(1 / 94), 0, 0]
    assert tail == [0, 0, 0, pytest.approx(5 / 94), 0]
    assert stage_words._split((0, 0)) == ([0, 0], [0, 0])


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (1700, "1.7 kB"), (142_000, "142 kB"),
     (24e6, "24.0 MB"), (186e6, "186 MB"), (2.5e9, "2.5 GB"), (float("nan"), "–")],
)  # fmt: skip
def test_sizes(size: float | None, text: str) -> None:
    assert words.byte_size(size) == text


def test_strip_of_figures(view: PerformanceView) -> None:
    facts = {fact.caption: fact for fact in words.summary(view)}
    assert facts["Tick → pixel p95"].note == "budget 40"
    assert not facts["Tick → pixel p95"].late
    assert facts["Not sent"].value == "–"
    frames = replace(view.frames, sent=60, not_sent=40, held_back=2)
    facts = {fact.caption: fact for fact in words.summary(replace(view, frames=frames))}
    assert facts["Not sent"].value == "40 %"
    assert (facts["Dropped"].value, facts["Dropped"].late) == ("2", True)


def test_life_is_the_servers_part(view: PerformanceView) -> None:
    context, steps = stage_words.life_steps(view)
    assert context == "server part, p50 1.0 ms"
    assert [step.name for step in steps] == [
        "Receive", "Parse", "Ingest", "Wait", "Layout", "Draw", "Encode", "Send",
    ]  # fmt: skip
    assert [(step.start, step.end) for step in steps if step.end > step.start] == [(0.0, 1.0)]
    stages = tuple(replace(s, p50={"draw": 3.0, "encode": 1.0}.get(s.key)) for s in view.stages)
    context, steps = stage_words.life_steps(replace(view, stages=stages))
    assert context == "server part, p50 4.0 ms"
    assert {step.name: (step.start, step.end) for step in steps if step.end > step.start} == {
        "Draw": (0.0, 0.75),
        "Encode": (0.75, 1.0),
    }
    assert stage_words.paint(view) == "10.000"


def test_course_leaves_room_above_and_hides_levels_at_the_budget(view: PerformanceView) -> None:
    calm = stage_words.course(replace(view, ticks=SeriesView(4, (None, 5.0), (None, 40.0))))
    assert calm.budget == (40 / 64, "40 ms")
    assert calm.slow == [None, 0.625]
    assert [text for _, text in calm.levels] == ["20 ms", "60 ms"]  # 40 is the budget itself
    wide = stage_words.course(replace(view, ticks=SeriesView(4, (5.0,), (90.0,))))
    assert [text for _, text in wide.levels] == ["100 ms"]  # 50 is too near
    spike = stage_words.course(replace(view, ticks=SeriesView(4, (9.0,), (2000.0,))))
    assert spike.slow[0] == pytest.approx(1 / 1.15)


def test_times_are_round_and_inside(view: PerformanceView) -> None:
    at_ns = 1_700_000_000_000_000_000  # 22:13:20 UTC
    times = stage_words._times(replace(view, time_ns=at_ns))
    assert [text for _, text in times] == ["22:09", "22:10", "22:11", "22:12", "22:13"]
    assert times[-1][0] == pytest.approx(1 - 20 / 300)
    short = stage_words._times(replace(view, time_ns=at_ns, window="1m"))
    assert [text for _, text in short] == ["22:12:30", "22:12:45", "22:13:00", "22:13:15"]


def test_feed_says_its_state_in_words_and_colour(view: PerformanceView) -> None:
    feed = view.feed
    assert words.feed_row(feed)[1] == ("simulated", "dotted warn")
    live = replace(feed, mode="live", gaps=0)
    assert words.feed_row(live)[1] == ("live", "dotted up")
    assert words.feed_row(live)[4] == ("0", "")
    lost = replace(live, state="lost", retry_in_s=3.6, gaps=2)
    assert words.feed_row(lost)[1] == ("retry in 4 s", "dotted down")
    assert words.feed_row(lost)[4] == ("2", "warn")


def test_viewers_and_requests(view: PerformanceView) -> None:
    tabs = (ViewerView(4, True, 79.6, 20.6, 1), ViewerView(0, False, 0.0, None, 0))
    rows: list[list[Any]] = words.viewer_rows(replace(view, viewers=tabs))
    assert [cell[0] for cell in rows[0]] == ["Browser 1, 4 charts", "79.6", "20.6 ms", "1"]
    assert [cell[0] for cell in rows[1]] == ["Browser 2, no charts, hidden", "0.0", "–", "0"]
    assert rows[2][0][0] == "Picture requests"


def test_paper_trading_says_how_it_stands(view: PerformanceView) -> None:
    def facts(paper: PaperStatus) -> list[tuple[str, str, bool]]:
        return [(fact.caption, fact.value, fact.late) for fact in paper_words.paper_facts(paper)]

    new = PaperStatus()
    assert facts(new) == [
        ("State", "ready", False), ("Tick → order p50", "–", False),
        ("Journal", "in sync", False), ("Tick → order p99", "–", False),
    ]  # fmt: skip
    assert paper_words.paper_note(new) == "No automation has placed an order yet."
    busy = PaperStatus("", "", "behind 1200", 183.4, 2140.0)
    assert [text for _, text, _ in facts(busy)] == [
        "ready", "183 µs", "1,200 events behind", "2.1 ms",
    ]  # fmt: skip
    assert facts(busy)[2][2] and paper_words.paper_note(busy) == ""
    assert facts(PaperStatus(journal="behind 1"))[2] == ("Journal", "1 event behind", True)


def test_paper_trading_says_what_is_the_matter(view: PerformanceView) -> None:
    failing = PaperStatus("", "Another program has the store.", "failing: database is locked")
    assert paper_words.paper_facts(failing)[2].value == "failing"
    assert paper_words.paper_note(failing) == (
        "The journal cannot be written: database is locked. No order is taken meanwhile, nothing "
        "is lost. Another program has the store."
    )
    preparing = PaperStatus("The engine is being compiled.")
    assert paper_words.paper_facts(preparing)[0].value == "preparing"
    assert paper_words.paper_note(preparing) == "The engine is being compiled."
    told = words.diagnosis(replace(view, paper=failing), ())
    assert "Paper trading\nState: ready\n" in told and "database is locked" in told


def test_card_or_the_reason_why_there_is_none(view: PerformanceView) -> None:
    assert words.gpu_line(view).startswith("GPU: none. ")
    gpu = GpuView("NVIDIA H200", 10_000_000, 2_000_000_000, 150_000_000_000)
    on_card = replace(view, process=replace(view.process, gpu=gpu))
    assert words.gpu_line(on_card) == (
        "GPU: NVIDIA H200 · 2.0 GB of 150 GB in use, 10.0 MB of them ours"
    )
