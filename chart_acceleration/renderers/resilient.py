"""A renderer that goes on: when the one in use fails while running, the next one draws.

Device lost, out of memory, anything a driver raises: the chart in hand is drawn by the next
renderer, so no chart is missed.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from chart_acceleration.errors import ChartError, RendererUnavailable
from chart_acceleration.renderers.auto import RendererChoice, choose
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.trial import give_up, probe
from chart_acceleration.scene import U8, Rect, Scene

T = TypeVar("T")

FALLBACK_ORDER = ("cpu", "opengl", "cuda")
"""After a failure the one that needs no device and no driver comes first."""

LOG = logging.getLogger(__name__)


class ResilientRenderer:
    """Draws with the chosen renderer until it fails, then with the next. May be used from several
    threads.

    Who is at fault is told by trying: what another renderer can draw was the renderer's fault, and
    it is given up; what none can draw is the chart's, unless the renderer cannot draw a small
    picture either. A :class:`ChartError` is always the chart's.
    """

    def __init__(
        self, choice: RendererChoice, on_failure: Callable[[str], object] | None = None
    ) -> None:
        """``on_failure`` is told the name of each renderer that is given up."""
        self.renderer: Renderer | None = choice.renderer
        self.reasons = choice.reasons
        self._on_failure = on_failure
        self._failed: set[str] = set()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Of the renderer in use; ``plotly`` when none is left."""
        return "plotly" if self.renderer is None else self.renderer.name

    def use(self, choice: RendererChoice) -> None:
        """Draw with ``choice`` from now on; a draw under way ends with what it began with."""
        with self._lock:
            self.renderer, self.reasons = choice.renderer, choice.reasons

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """See :class:`chart_acceleration.renderers.protocol.Renderer`. Raises as :meth:`run`."""
        self.run(lambda renderer: renderer.draw(scene, pixels, clip))

    def run(self, job: Callable[[Renderer], T]) -> T:
        """The value of ``job`` with the renderer in use, or with the first that succeeds.

        Raises :class:`RendererUnavailable` when no renderer is left, and what ``job`` raised when
        the renderers work and the job does not.
        """
        failures: list[tuple[Renderer, Exception]] = []
        for renderer in self._candidates():
            try:
                value = job(renderer)
            except ChartError:
                raise
            except Exception as error:  # noqa: BLE001 - a driver may raise anything
                failures.append((renderer, error))
                continue
            for failed, failure in failures:
                self._replace(failed, failure, renderer)
            return value
        raise self._blame(failures)

    def _candidates(self) -> Iterator[Renderer]:
        """The one in use, then the others that start."""
        first = self.renderer
        if first is None:
            return
        yield first
        for name in FALLBACK_ORDER:
            if name == first.name or name in self._failed:
                continue
            try:
                renderer = choose(name).renderer
            except RendererUnavailable as error:
                self._note(f"{name}: not available: {error.why}")
                continue
            if renderer is not None:
                yield renderer

    def _blame(self, failures: list[tuple[Renderer, Exception]]) -> Exception:
        """What to raise after every renderer failed."""
        checked = [(renderer, error, probe(renderer)) for renderer, error in failures]
        healthy = [(renderer, error) for renderer, error, wrong in checked if wrong is None]
        for renderer, _, wrong in checked:
            if wrong is not None:
                self._replace(renderer, wrong, healthy[0][0] if healthy else None)
        if healthy:
            return healthy[0][1]
        return RendererUnavailable("auto", f"no renderer runs: {'; '.join(self.reasons)}", ())

    def _replace(self, failed: Renderer, failure: Exception, by: Renderer | None) -> None:
        why = f"{type(failure).__name__}: {failure}"
        with self._lock:
            if failed.name in self._failed:
                return  # another draw that failed at the same time was first
            self._failed.add(failed.name)
            self.reasons = (*self.reasons, f"{failed.name} failed while running ({why})")
            if self.renderer is failed:
                self.renderer = by
        give_up(failed, f"failed while running ({why})")
        LOG.error("renderer %s failed (%s); %s takes over", failed.name, why, self.name)
        LOG.debug("renderer %s failed", failed.name, exc_info=failure)
        if self._on_failure is not None:
            self._on_failure(failed.name)

    def _note(self, sentence: str) -> None:
        with self._lock:
            if sentence not in self.reasons:
                self.reasons = (*self.reasons, sentence)
