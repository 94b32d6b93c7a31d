"""Table of stages and the panels beside it."""

from dash import html

from components.performance_panels import (
    Course,
    Fact,
    RendererRow,
    Step,
    course,
    fact_list,
    fact_row,
    life,
    panel,
    renderer_table,
)
from components.performance_stages import StageRow, stage_table
from tests.components.trees import by_class, properties, texts

ROW = StageRow(
    name="Draw", caption="scene to pixels", samples="12", figures=("0.1", "0.2", "0.3", "0.4"),
    body=(1.0, 0.0), tail=(0.0, 0.1), calm=(0.5, 0.0), over=(0.0, 1.0), budget="0.1", late=True,
    whole=False,
)  # fmt: skip


def test_stage_row_reads_like_its_head() -> None:
    tree = stage_table([ROW], "12 s")
    assert texts(tree) == (
        "Time of each stage in milliseconds Stage Samples p50 p95 p99 Max 1 µs 10 100 1 ms 10 100 "
        "p95, per 12 s Budget Draw scene to pixels 12 0.1 0.2 0.3 0.4 0.1"
    )
    assert [texts(cell) for cell in by_class(tree, "warn")] == ["0.2"]


def test_shapes_are_hidden_from_screen_readers() -> None:
    tree = stage_table([ROW], "12 s")
    drawn = by_class(tree, "stage-bars") + by_class(tree, "course-bars")
    assert [properties(part)["aria-hidden"] for part in drawn] == ["true", "true"]
    assert all(
        "polygon(" in part.style["clipPath"] for part in by_class(tree, "course-bars-second")
    )


def test_facts_mark_what_is_late() -> None:
    facts = [Fact("CPU", "11 %", "of one core"), Fact("Lag", "90 ms", late=True)]
    for tree in (fact_row(facts), fact_list(facts)):
        assert texts(tree) == "CPU 11 % of one core Lag 90 ms"
        assert [texts(part) for part in by_class(tree, "warn")] == ["90 ms"]


def test_life_puts_stages_one_after_the_other() -> None:
    tree = life([Step("Parse", 0.0, 0.25, "1.0"), Step("Draw", 0.25, 1.0, "3.0")])
    bars = [track.children.style for track in by_class(tree, "life-track")]
    assert bars == [{"left": "0.0%", "width": "25.0%"}, {"left": "25.0%", "width": "75.0%"}]


def test_course_has_budget_levels_and_times() -> None:
    tree = course(Course([0.1], [0.2], (0.5, "50 ms"), [(0.25, "25 ms")], [(0.9, "20:47")]))
    assert texts(tree) == "25 ms 20:47 50 ms"
    assert by_class(tree, "course-budget")[0].style == {"bottom": "50.00%"}
    assert by_class(tree, "course-time")[0].style == {"left": "90.00%"}


def test_renderers_mark_the_chosen_one() -> None:
    none = ("–",) * 4
    rows = [
        RendererRow("CPU", "numba", "chosen", ("0.3", "0.1", "0.1", "3,000"), "Fastest.", True),
        RendererRow("CUDA", "CuPy", "given up", none, "Out of memory.", False),
    ]
    tree = renderer_table(rows)
    assert [texts(row) for row in by_class(tree, "is-chosen")] == [
        "CPU numba chosen 0.3 0.1 0.1 3,000 Fastest."
    ]
    assert len(by_class(tree, "dotted-given-up")) == 1


def test_panel_is_named_for_everybody() -> None:
    tree = panel("Feed", "1 connected", html.Div("body"), "feed", [html.Button("Act")])
    assert properties(tree)["aria-label"] == "Feed"
    assert texts(tree) == "Feed 1 connected Act body"
