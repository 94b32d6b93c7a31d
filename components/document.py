"""The HTML page around Dash; a script in its head chooses the theme before the first paint."""

from collections.abc import Mapping
from typing import Any

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="dark light">
<title>{%title%}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icons/favicon.svg">
<link rel="preload" href="/assets/fonts/inter.woff2" as="font" type="font/woff2" crossorigin>
<script src="/assets/theme.js"></script>
{%css%}
</head>
<body>
{%app_entry%}
<div hidden>
{%config%}
{%scripts%}
{%renderer%}
</div>
</body>
</html>
"""

DASH_OPTIONS: Mapping[str, Any] = {
    "use_pages": True,
    "index_string": INDEX,
    # The head loads the one, Dash would load it a second time at the end; the other is a worker's
    "assets_ignore": r"^(theme|chart_painter)\.js$",
    # the picture tier has no Plotly graph, the Plotly tier no picture
    "suppress_callback_exceptions": True,
    "title": "Candlecast",
    "update_title": None,
}
"""Pass as ``Dash(server=..., backend="fastapi", **DASH_OPTIONS)``."""
