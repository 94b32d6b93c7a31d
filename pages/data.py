"""Data: recordings and stored days to replay, and the import of history."""

from datetime import UTC, datetime, timedelta

import dash
from dash import html

from components.data_panels import import_form, library
from components.states import nothing_yet
from server.services import current

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/data", title="Data · Candlecast"
)


def layout(**_: str) -> html.Div:
    """The list is filled by the page's script; the import begins with yesterday."""
    services = current()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    venues = services.imports.venues
    if services.settings.store is None:
        detail = "The program was started with --store off. Start it with --store FOLDER."
        form = html.Section(nothing_yet("inbox", "Nothing is stored", detail), className="panel")
    else:
        form = import_form(
            venues,
            services.settings.venue,
            services.symbols()[0],
            services.intervals(),
            (yesterday, yesterday),
        )
    return html.Div([library(), form], className="page page-data")
