"""Which renderer draws: chosen on the performance page while the program runs."""

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, callback, no_update
from dash.exceptions import PreventUpdate

from components import ids
from components.toasts import refused_toast
from pages.performance_words import NAMES
from server.errors import RequestError
from server.performance_view import PerformanceView
from server.services import current

RENDERER_NAMES = {
    "auto": "Auto", **{key: NAMES[key][0] for key in ("cpu", "opengl", "cuda", "plotly")}
}  # fmt: skip


def renderer_choice(view: PerformanceView) -> dmc.SegmentedControl:
    """Those that can be had; the rows below say why the others cannot."""
    refused = {row.name for row in view.renderers if row.state in {"unavailable", "given up"}}
    return dmc.SegmentedControl(
        id=ids.PERFORMANCE_RENDERER,
        data=[
            {"value": key, "label": name, "disabled": key in refused}
            for key, name in RENDERER_NAMES.items()
        ],
        value=view.renderer_asked,
        transitionDuration=0,
        className="segments renderer-choice",
        attributes={"root": {"aria-label": "Renderer"}},
    )


@callback(
    Output(ids.PERFORMANCE_RENDERER, "value"),
    Output(ids.TOASTS, "sendNotifications", allow_duplicate=True),
    Input(ids.PERFORMANCE_RENDERER, "value"),
    prevent_initial_call=True,
)
async def use_renderer(wanted: str) -> tuple[Any, Any]:
    """Charts of all viewers are drawn by it from now on; one that cannot is refused with why."""
    performance = current().performance
    asked = performance.renderer_asked
    if wanted == asked:
        raise PreventUpdate
    try:
        await performance.use_renderer(wanted)
    except RequestError as error:
        title = f"{RENDERER_NAMES.get(wanted, wanted)} does not draw"
        return asked, [refused_toast("renderer", title, str(error))]
    return no_update, no_update
