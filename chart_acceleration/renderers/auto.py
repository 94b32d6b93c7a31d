"""Chooses a renderer: the fastest of those that work here, with the reasons."""

from dataclasses import dataclass, replace

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.trial import STARTERS, RendererState, State, Trial, trial

PREFERENCES = ("auto", "cuda", "opengl", "cpu", "plotly")

_PLOTLY = RendererState("plotly", State.AVAILABLE, "the browser draws")


@dataclass(frozen=True)
class RendererChoice:
    """What was chosen. ``renderer`` is None for Plotly in the browser; ``reasons``: one sentence
    per candidate.
    """

    renderer: Renderer | None
    name: str
    reasons: tuple[str, ...]


def choose(preference: str) -> RendererChoice:
    """The renderer called ``preference``, or with ``auto`` the fastest that works.

    Raises :class:`RendererUnavailable` for a named renderer that cannot start or was given up.
    """
    if preference not in PREFERENCES:
        raise RendererUnavailable(
            preference,
            f"there is none of that name; known are {', '.join(PREFERENCES)}",
            _working(),
        )
    if preference == "plotly":
        return RendererChoice(None, "plotly", ("Plotly was asked for.",))
    if preference != "auto":
        return _named(preference)
    trials = [trial(name) for name in STARTERS]
    reasons = tuple(str(each.state) for each in trials)
    best = min(trials, key=_milliseconds)
    if best.renderer is None:
        return RendererChoice(None, "plotly", reasons)
    return RendererChoice(best.renderer, best.renderer.name, reasons)


def choice_of(preference: str) -> RendererChoice:
    """As :func:`choose`, with the state of every renderer among the reasons. Starts them all."""
    choice = choose(preference)
    if preference == "auto":
        return choice
    states = (str(state) for state in available_renderers().values() if state is not _PLOTLY)
    return replace(choice, reasons=(choice.reasons[0], *states))


def available_renderers() -> dict[str, RendererState]:
    """Every renderer's name with its state, the reason, and its time for the test frame.

    The first call starts those that can be had. One that failed while running is ``GIVEN_UP``.
    """
    return {name: trial(name).state for name in STARTERS} | {"plotly": _PLOTLY}


def _named(name: str) -> RendererChoice:
    found = trial(name)
    if found.renderer is None:
        raise RendererUnavailable(name, found.state.reason, _working())
    return RendererChoice(found.renderer, name, (f"{name} was asked for.", str(found.state)))


def _working() -> list[str]:
    return [name for name, state in available_renderers().items() if state.available]


def _milliseconds(found: Trial) -> float:
    taken = found.state.milliseconds
    return float("inf") if found.renderer is None or taken is None else taken
