"""Where the prices come from, always in sight: the pill, and the strip while they are not real."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from dash import html

from components import ids
from components.attributes import data
from components.icons import icon
from components.replay_strip import replay_controls

_STRIPS = {
    "simulated": ("Simulated market.", "Prices are not real."),
    "replay": ("Replay.", "Recorded trades at their recorded times, not the market of now."),
}


def pill_source(label: str, venue: str, detail: str, recorded_ms: int | None = None) -> str:
    """The pill's second half as far as it is known before an age is; the script writes the same.

    ``recorded_ms``: the time that a replay has come to, ms since 1970.
    """
    if label == "REPLAY" and recorded_ms is not None:
        at = datetime.fromtimestamp(recorded_ms / 1000, UTC)
        return f"{at.day} {at:%b %H:%M}"
    found = re.search(r"seed \d+", detail) if label == "SIMULATED" else None
    return found.group() if found else venue


def feed_pill(label: str, source: str, pace: str = "") -> html.Div:
    """The state as the server knows it when the page is made; the script keeps it current."""
    return html.Div(
        [
            html.Span(className="pill-dot"),
            # the state is announced when it changes, the age beside it not every second
            html.B(label, role="status", **data(status="label")),
            html.B(pace, className="pill-pace", **data(status="pace")),
            html.Span(source, className="pill-source", **data(status="source")),
        ],
        className="pill",
        **data(status="pill", state=label.lower()),
    )


def feed_strip(mode: str, symbols: Sequence[str] = ()) -> html.Div:
    """The strip under the top bar, shown in the modes ``simulated`` and ``replay`` only.

    ``symbols`` are those that the page was made for: a replay may bring others.
    """
    texts = [
        html.Span(
            [
                icon("info"),
                html.B(fact),
                html.Span(cause, className="strip-cause"),
                *(replay_controls() if name == "replay" else _try_live()),
            ],
            className=f"strip-{name}",
        )
        for name, (fact, cause) in _STRIPS.items()
    ]
    return html.Div(
        texts,
        className="strip feed-strip",
        hidden=mode not in _STRIPS,
        role="note",
        **data(status="strip", state=mode, symbols=",".join(symbols)),
    )


def _try_live() -> list[html.Span]:
    button = html.Button(
        "Try the real market", id=ids.TRY_LIVE, className="button button-small", type="button"
    )
    return [html.Span(button, className="strip-acts")]


def note_strip(fact: str, cause: str) -> html.Div:
    """A strip for something in the address or the settings that could not be used."""
    return html.Div(
        [icon("warning"), html.B(fact), html.Span(cause, className="strip-cause")],
        className="strip strip-warn",
        role="alert",
    )
