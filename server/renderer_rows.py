"""The renderers as the performance page lists them: state, reason, and times once taken."""

from collections.abc import Mapping

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import choose
from chart_acceleration.renderers.protocol import Renderer, TellsCard
from chart_acceleration.renderers.reference import ReferenceRenderer
from server.drawing import Drawing
from server.performance_view import GpuView, RendererView
from server.renderer_times import RendererTimes, time_renderer

CANDIDATES = ("cpu", "opengl", "cuda")
_PLOTLY = "Takes over by itself if no renderer starts."
_REFERENCE = "Checks the others pixel by pixel. Never chosen for live charts."


def renderer_views(
    drawing: Drawing, times: Mapping[str, RendererTimes]
) -> tuple[RendererView, ...]:
    """Candidates, the reference and Plotly; ``times`` by name, as :func:`time_all` took them."""
    told = drawing.reasons
    plotly = "chosen" if drawing.tier == "plotly" else "standby"
    return (
        *(_row(name, *candidate(name, drawing.name, told), times) for name in CANDIDATES),
        _row("reference", "ready", _REFERENCE, times),
        RendererView("plotly", plotly, _PLOTLY),
    )


def preference(reasons: tuple[str, ...]) -> str:
    """What was asked for by name, in lower case, or ``auto``."""
    asked = [reason.split()[0] for reason in reasons if reason.endswith(" was asked for.")]
    return asked[0].lower() if asked else "auto"


def candidate(name: str, chosen: str, reasons: tuple[str, ...]) -> tuple[str, str]:
    """State of the renderer ``name`` and why, from what was said about all of them."""
    told = [
        reason.removeprefix(f"{name}: ").removeprefix(f"{name} ")
        for reason in reasons
        if reason.startswith((f"{name}:", f"{name} failed "))
    ]
    if not told:
        return "not tried", "Another renderer was asked for by name."
    newest = told[-1]
    if name == chosen:
        return "chosen", _why_chosen(name, newest, reasons)
    for state, word in (("unavailable", "not available: "), ("given up", "given up: ")):
        if newest.startswith(word):
            return state, newest.removeprefix(word)
    if newest.startswith("failed "):
        return "given up", newest
    return "ready", newest


def time_all() -> dict[str, RendererTimes]:
    """Start the candidates that were not tried yet and time all that work. Blocks."""
    started = [_started(name) for name in CANDIDATES]
    renderers = [renderer for renderer in started if renderer is not None]
    return {each.name: time_renderer(each) for each in (*renderers, ReferenceRenderer())}


def gpu_view(drawing: Drawing) -> GpuView | None:
    """The card that the CUDA renderer runs on; None when it was not tried or does not run."""
    state, _ = candidate("cuda", drawing.name, drawing.reasons)
    return _card(_started("cuda")) if state in {"chosen", "ready"} else None


def _row(name: str, state: str, reason: str, times: Mapping[str, RendererTimes]) -> RendererView:
    taken = times.get(name)
    if taken is None:
        return RendererView(name, state, reason)
    return RendererView(name, state, reason, taken.full, taken.light, taken.encode)


def _why_chosen(name: str, newest: str, reasons: tuple[str, ...]) -> str:
    newest = newest.removeprefix("works, ")
    if preference(reasons) == name:
        return f"Asked for by name: {newest}."
    if any(word in reason for reason in reasons for word in ("given up: ", " failed while ")):
        return f"Took over from one that failed: {newest}."
    working = sum(": works" in reason for reason in reasons)
    return f"Fastest of the {working} that passed the self-test: {newest}."


def _started(name: str) -> Renderer | None:
    try:
        return choose(name).renderer
    except RendererUnavailable:
        return None


def _card(renderer: object) -> GpuView | None:
    return GpuView(*renderer.card()) if isinstance(renderer, TellsCard) else None
