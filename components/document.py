"""The HTML page around Dash; a script in its head chooses the theme before the first paint."""

from pathlib import Path
from typing import Any

_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="dark light">
<title>{%title%}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icons/favicon.svg">
<link rel="preload" href="/assets/fonts/inter.woff2" as="font" type="font/woff2" crossorigin>
<script src="/assets/theme.js"></script>
{%css%}
<link rel="stylesheet" href="SHEETS">
</head>
<body>
{%app_entry%}
<div hidden>
{%config%}
{%scripts%}
<script src="SCRIPTS"></script>
{%renderer%}
</div>
</body>
</html>
"""


def dash_options(root: Path, scripts: str, sheets: str) -> dict[str, Any]:
    """Pass as ``Dash(server=..., backend="fastapi", **dash_options(...))``.

    ``root`` holds assets and pages; ``scripts`` and ``sheets`` are where the page finds its own.
    """
    return {
        "assets_folder": str(root / "assets"),
        "pages_folder": str(root / "pages"),
        "use_pages": True,
        "index_string": _INDEX.replace("SCRIPTS", scripts).replace("SHEETS", sheets),
        "assets_ignore": r"\.(js|css)$",  # Dash would load each by itself, before the first paint
        # the picture tier has no Plotly graph, the Plotly tier no picture
        "suppress_callback_exceptions": True,
        "title": "Candlecast",
        "update_title": None,
    }
