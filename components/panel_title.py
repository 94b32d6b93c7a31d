"""The title of a panel that can be folded away."""

from dash import html

from components.attributes import aria, data
from components.icons import icon


def panel_title(words: str, panel: str) -> html.H2:
    """A heading whose button folds ``panel``; ``assets/45_side_panel.js`` does it."""
    return html.H2(
        html.Button(
            [words, icon("chevron")],
            type="button",
            className="panel-fold",
            title="Fold or unfold",
            **data(folds=panel),
            **aria(expanded="true"),
        )
    )


def panel_state(detail: str) -> html.Div:
    """In place of a panel's rows while there are none; its script changes ``detail``."""
    words = html.Div(detail, className="panel-state-detail")
    return html.Div([icon("inbox", "icon-20"), words], className="panel-state", role="status")
