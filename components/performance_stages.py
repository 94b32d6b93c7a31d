"""The table of stages: how long each takes, as figures, as a histogram and over time."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from components.attributes import aria
from components.shapes import bars

AXIS = ("1 µs", "10", "100", "1 ms", "10", "100")
"""Labels at the start of each decade of a histogram."""


@dataclass(frozen=True, slots=True)
class StageRow:
    """One row, figures as written. ``whole`` marks the last row, the sum of the way.

    ``body`` and ``tail`` are the shares (0 to 1) of the histogram's bars, up to the 95th percentile
    and beyond it; ``calm`` and ``over`` those of the bars over time, within the budget and over it.
    """

    name: str
    caption: str
    samples: str
    figures: tuple[str, str, str, str]  # p50, p95, p99, max
    body: Sequence[float]
    tail: Sequence[float]
    calm: Sequence[float]
    over: Sequence[float]
    budget: str
    late: bool
    whole: bool


def stage_table(rows: Sequence[StageRow], part: str) -> html.Table:
    """All stages in the order of the way; ``part`` is the length of a bar over time: ``12 s``."""
    head = html.Tr(
        [
            _head("Stage", ""),
            _head("Samples", "number wide"),
            _head("p50", "number"),
            _head("p95", "number"),
            _head("p99", "number"),
            _head("Max", "number wide"),
            html.Th(_axis(), scope="col", className="stage-histogram"),
            _head(f"p95, per {part}", "wide stage-course"),
            _head("Budget", "number wide"),
        ]
    )
    caption = "Time of each stage in milliseconds"
    return html.Table(
        [
            html.Caption(caption, className="visually-hidden"),
            html.Thead(head),
            html.Tbody([_row(row) for row in rows]),
        ],
        className="table stage-table",
    )


def _head(text: str, classes: str) -> html.Th:
    return html.Th(text, scope="col", className=classes)


def _axis() -> html.Div:
    return html.Div([html.Span(label) for label in AXIS], className="stage-axis")


def _row(row: StageRow) -> html.Tr:
    p50, p95, p99, most = row.figures
    return html.Tr(
        [
            html.Th([html.B(row.name), html.Span(row.caption)], scope="row"),
            html.Td(row.samples, className="number wide quiet"),
            html.Td(p50, className="number"),
            html.Td(p95, className="number strong warn" if row.late else "number strong"),
            html.Td(p99, className="number"),
            html.Td(most, className="number wide caption-text"),
            html.Td(_drawn("stage-bars", row.body, row.tail), className="stage-histogram"),
            html.Td(_drawn("course-bars", row.calm, row.over), className="wide stage-course"),
            html.Td(row.budget, className="number wide quiet"),
        ],
        className="whole-way" if row.whole else "",
    )


def _drawn(name: str, first: Sequence[float], second: Sequence[float]) -> html.Div:
    """Two shapes over each other; figures beside them say the same in words."""
    return html.Div(
        [
            html.Div(className=f"{name}-first", style={"clipPath": bars(first)}),
            html.Div(className=f"{name}-second", style={"clipPath": bars(second)}),
        ],
        className=name,
        **aria(hidden="true"),
    )
