"""Line icons as CSS masks, so that an icon always has the colour of the text around it."""

from dash import html

from components.attributes import aria

NAMES = frozenset(
    {
        "backtest", "candles", "check", "chevron", "close", "dashboard", "download", "error",
        "eye", "inbox", "info", "mark-candle", "mark-waves", "moon", "paper", "performance", "play",
        "plug", "search", "sign-out", "sun", "warning",
    }
)  # fmt: skip
"""The files in ``assets/icons``, each with a class of its name in ``assets/icons.css``."""


def icon(name: str, extra: str = "") -> html.Span:
    """The icon ``name``, hidden from screen readers: its button or label carries the words.

    KeyError for a name that has no file.
    """
    if name not in NAMES:
        raise KeyError(name)
    return html.Span(className=f"icon icon-{name} {extra}".rstrip(), **aria(hidden="true"))
