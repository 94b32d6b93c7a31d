"""The other parts of the performance page: life of a tick, its course, renderers, lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from components.attributes import aria
from components.shapes import line


class Fact(NamedTuple):
    """``value`` as written, ``note`` beside it; ``explanation`` shows on hover."""

    caption: str
    value: str
    note: str = ""
    explanation: str = ""
    late: bool = False


class Step(NamedTuple):
    """One stage of a tick's life: where its bar begins and ends (0 to 1), and its time."""

    name: str
    start: float
    end: float
    text: str


class RendererRow(NamedTuple):
    """One candidate; ``figures``: full frame, light, encode and frames a second, as written."""

    name: str
    caption: str
    state: str
    figures: tuple[str, str, str, str]
    reason: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Course:
    """Two lines over time. Heights and places are shares (0 to 1) from the bottom and the left."""

    typical: Sequence[float | None]
    slow: Sequence[float | None]
    budget: tuple[float, str]
    levels: Sequence[tuple[float, str]]
    times: Sequence[tuple[float, str]]


def fact_row(facts: Sequence[Fact]) -> list[html.Div]:
    """Children of a ``div.facts``: caption, value and one comparison each."""
    return [
        html.Div(
            [
                html.Div(fact.caption, className="caption"),
                html.Div(
                    [
                        html.B(fact.value, className="warn" if fact.late else ""),
                        html.Span(fact.note),
                    ]
                ),
            ],
            className="fact",
            title=fact.explanation,
        )
        for fact in facts
    ]


def fact_list(facts: Sequence[Fact]) -> list[html.Div]:
    """Children of a ``dl``-like list in two columns."""
    return [
        html.Div(
            [
                html.Span(fact.caption),
                html.B([fact.value, html.I(fact.note)], className="warn" if fact.late else ""),
            ],
            className="fact-line",
            title=fact.explanation,
        )
        for fact in facts
    ]


def life(steps: Sequence[Step]) -> list[html.Div]:
    """Bars after one another, as the stages are."""
    return [
        html.Div(
            [
                html.Span(step.name),
                html.Div(html.Div(style=_extent(step)), className="life-track"),
                html.Span(step.text, className="life-time"),
            ],
            className="life-row",
        )
        for step in steps
    ]


def _extent(step: Step) -> dict[str, str]:
    return {"left": f"{100 * step.start:.1f}%", "width": f"{100 * (step.end - step.start):.1f}%"}


def course(facts: Course) -> list[Component]:
    """Children of the plot: levels, times, budget, and the two lines; axis words lie outside."""
    height, text = facts.budget
    return [
        *[
            html.Div(html.Span(word), className="course-level", style=_at("bottom", share))
            for share, word in facts.levels
        ],
        *[
            html.Div(html.Span(word), className="course-time", style=_at("left", share))
            for share, word in facts.times
        ],
        html.Div(html.Span(text), className="course-budget", style=_at("bottom", height)),
        html.Div(className="course-typical", style={"clipPath": line(facts.typical)}),
        html.Div(className="course-slow", style={"clipPath": line(facts.slow)}),
    ]


def _at(side: str, share: float) -> dict[str, str]:
    return {side: f"{100 * share:.2f}%"}


def renderer_table(rows: Sequence[RendererRow]) -> html.Table:
    """All candidates, the chosen one marked."""
    names = ("Full frame", "Light", "Encode", "Frames / s")
    head = [
        html.Th("Renderer", scope="col"),
        html.Th("State", scope="col"),
        *[
            html.Th(name, scope="col", className="number" if name == names[0] else "number wide")
            for name in names
        ],
        html.Th("Reason", scope="col", className="renderer-reason"),
    ]
    return html.Table(
        [
            html.Caption("Renderers", className="visually-hidden"),
            html.Thead(html.Tr(head)),
            html.Tbody([_renderer(row) for row in rows]),
        ],
        className="table renderer-table",
    )


def _renderer(row: RendererRow) -> html.Tr:
    full, *others = row.figures
    return html.Tr(
        [
            html.Th([html.B(row.name), html.Span(row.caption)], scope="row"),
            html.Td(html.Span(row.state, className=f"dotted dotted-{row.state.replace(' ', '-')}")),
            html.Td(full, className="number strong"),
            *[html.Td(text, className="number wide") for text in others],
            html.Td(row.reason, className="renderer-reason", title=row.reason),
        ],
        className="is-chosen" if row.chosen else "",
    )


def panel(
    title: str,
    context: str | Component,
    body: Component,
    name: str,
    acts: Sequence[Component] = (),
) -> html.Section:
    """A panel with its head; ``acts`` stand at the head's right end."""
    told = html.Span(context, className="panel-context") if isinstance(context, str) else context
    head = html.Div(
        [html.H2(title), told, html.Div(list(acts), className="panel-acts")], className="panel-head"
    )
    return html.Section([head, body], className=f"panel {name}", **aria(label=title))
