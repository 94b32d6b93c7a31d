"""What stands where there is nothing to show, or where something failed: what, why, what now."""

from dash import html
from dash.development.base_component import Component

from components.icons import icon


def nothing_yet(picture: str, title: str, detail: str, act: Component | None = None) -> html.Div:
    """An empty panel: what will be here, what makes it appear, and at most one act."""
    parts: list[Component] = [icon(picture, "icon-20"), html.H2(title), html.P(detail)]
    if act is not None:
        parts.append(act)
    return html.Div(parts, className="state")


def failed(what: str, title: str, detail: str, kept: str) -> html.Div:
    """A panel whose work failed: ``title`` what happened, ``detail`` why, ``kept`` what stays."""
    head = html.Div(
        [html.H2(what), html.Span("FAILED", className="tag tag-down")], className="panel-head"
    )
    body = html.Div([html.H3(title), html.P(detail), html.P(kept)], className="failed-body")
    return html.Div([head, body], className="failed", role="alert")
