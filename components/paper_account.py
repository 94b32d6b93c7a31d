"""The head of the paper page: the account's figures, its strips, the menu of accounts.

``assets/90_paper_*.js`` fill everything that is marked with ``data-paper``.
"""

from dash import html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.formats import NONE
from components.icons import icon

FIGURES = (
    ("equity", "Equity"), ("unrealised", "Unrealised"), ("realised_today", "Realised today"),
    ("cash", "Cash"), ("exposure", "Exposure"), ("drawdown", "Drawdown from peak"),
    ("fees_today", "Fees today"),
)  # fmt: skip


def account_row() -> html.Div:
    """Figures divided by lines; their places are kept until there are values."""
    figures = [
        html.Div(
            [
                html.Div(caption, className="caption"),
                html.Div([html.B(NONE, **data(paper=key)), html.Span(**data(paper_unit=key))]),
            ],
            className="account-figure",
        )
        for key, caption in FIGURES
    ]
    reconcile = html.Button(
        [icon("check"), "Reconcile"],
        className="button button-quiet paper-reconcile-open",
        type="button",
        title="Replay what an automation did through the backtester",
        **data(paper_act="reconcile"),
    )
    return html.Div(
        [account_button(), *figures, reconcile],
        className="account-row",
        tabIndex=0,  # it scrolls sideways on a phone
        role="group",
        **aria(label="Account"),
    )


def account_strips() -> html.Div:
    """Halted, not trading now, a journal that cannot be written: one strip each, hidden."""
    strips = [
        _strip("halted", "strip-down", "error", "Trading is stopped", ("resume", "Resume trading")),
        _strip("idle", "strip-warn", "warning", "This account waits", ("other", "Show the other")),
        _strip("notice", "strip-warn", "warning", "Nothing is kept", None),
        _strip("journal", "strip-down", "warning", "The journal is behind", None),
    ]
    return html.Div(strips, className="paper-strips", role="status")


def _strip(name: str, look: str, picture: str, fact: str, act: tuple[str, str] | None) -> html.Div:
    parts: list[Component] = [
        icon(picture),
        html.B(fact),
        html.Span(className="strip-cause", **data(paper_cause=name)),
    ]
    if act is not None:
        key, words = act
        button = html.Button(
            words, type="button", className="button button-small", **data(paper_act=key)
        )
        parts.append(html.Span(button, className="strip-acts"))
    return html.Div(parts, className=f"strip {look}", hidden=True, **data(paper_strip=name))


def account_button() -> html.Button:
    """In the top bar, on a phone before the figures: that all this is paper, and which account."""
    return html.Button(
        [html.B("PAPER"), html.Span(NONE, **data(paper="name")), icon("chevron")],
        type="button",
        className="paper-account",
        title="Accounts",
        **data(opens=ids.PAPER_ACCOUNTS),
        **aria(haspopup="menu", expanded="false"),
    )


def account_menu() -> html.Div:
    """The accounts that there are, and what can be done with them."""
    acts = (("account", "plus", "New account"), ("terms", "settings", "Fees and leverage"))
    items = [
        html.Button(
            [icon(picture), words],
            type="button",
            className="popup-item",
            role="menuitem",
            **data(paper_act=act),
        )
        for act, picture, words in acts
    ]
    return html.Div(
        [
            html.Div("Accounts", className="popup-caption"),
            html.Div(role="group", **data(paper_list="accounts"), **aria(label="Accounts")),
            html.Hr(className="popup-line"),
            *items,
        ],
        id=ids.PAPER_ACCOUNTS,
        className="popup paper-accounts",
        role="menu",
        hidden=True,
        **aria(label="Accounts"),
    )
