"""What steers a replay, in the strip under the top bar; ``assets/71_replay.js`` fills and obeys."""

from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.formats import NONE
from components.icons import icon

SPEEDS = (("1", "1×"), ("8", "8×"), ("max", "Max"))
STEPS = (("candle", "Candle"), ("trade", "Trade"), ("frame", "Frame"))


def replay_controls() -> list[Component]:
    """Pill, pause, step, time, place, end, speeds and the way back; they work by script."""
    return [
        html.Span(
            [
                html.Span(className="pill-dot"),
                html.B("REPLAY"),
                html.Span("", **data(replay="pace")),
            ],
            className="pill",
            **data(state="replay"),
        ),
        html.Span([_pause(), _step(), _steps()], className="replay-acts"),
        html.Span(
            [
                html.Span(NONE, className="replay-time", **data(replay="at")),
                html.Span(className="replay-place", **data(replay="place")),
                html.Span(NONE, className="replay-time", **data(replay="end")),
            ],
            className="replay-course",
        ),
        html.Span(
            [
                html.Button(
                    text, type="button", **data(replay_speed=speed), **aria(pressed="false")
                )
                for speed, text in SPEEDS
            ],
            className="replay-speeds",
            role="group",
            **aria(label="Speed of the replay"),
        ),
        html.Button(
            [icon("close"), html.Span("Leave replay")],
            type="button",
            className="button button-small replay-leave",
            title="Leave the replay",
            **data(replay_act="leave"),
            **aria(label="Leave the replay"),
        ),
    ]


def _pause() -> html.Button:
    return html.Button(
        [icon("pause", "when-playing"), icon("play", "when-paused")],
        type="button",
        className="icon-button",
        title="Pause or go on",
        **data(replay_act="pause"),
        **aria(label="Pause the replay", pressed="false"),
    )


def _step() -> html.Button:
    return html.Button(
        icon("step"),
        type="button",
        className="icon-button",
        title="One step, then stand still",
        **data(replay_act="step"),
        **aria(label="One step, then stand still"),
    )


def _steps() -> html.Select:
    return html.Select(
        [html.Option(text, value=step) for step, text in STEPS],
        className="replay-step",
        **data(replay="step"),
        **aria(label="How far a step goes"),
    )
