"""Line icons as CSS masks, so that an icon always has the colour of the text around it."""

from dash import html

from components.attributes import aria

NAMES = frozenset(
    {
        "backtest", "camera", "candles", "check", "chevron", "close", "copy", "dashboard", "data",
        "download", "error", "expand", "eye", "grid-1", "grid-16", "grid-4", "grid-9", "grip",
        "inbox", "indicators", "info", "link", "lock", "mark-candle", "mark-waves", "minus", "moon",
        "paper", "pause", "performance", "play", "plug", "plus", "power", "search", "settings",
        "sign-out", "step", "sun", "warning",
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
