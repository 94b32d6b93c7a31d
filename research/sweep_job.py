"""The search that belongs to a run: the best parameters, their map, and a walk forward."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from research.catalogue import Chosen
from research.errors import BadPartial, BadSearch
from research.prepared import Prepared
from research.progress import Progress
from research.result_views import MS
from research.search import Grid, OptunaSearch, SearchResult, heatmap
from research.search import Progress as SearchProgress
from research.search.goals import check_goal
from research.search.search import search
from research.search.study import Study, check_ranges_of
from research.search.walk_forward import WalkForward, WalkWindow, walk_forward
from research.search.workers import Workers
from research.views import SweepRequest, SweepView, WindowView
from trading.metrics import METRICS

__all__ = ["Sweep", "checked_sweep", "swept"]

log = logging.getLogger(__name__)

Method = Grid | OptunaSearch


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was found: the view, and all parameters of the best run."""

    view: SweepView
    values: dict[str, float]


def checked_sweep(chosen: Chosen, asked: SweepRequest) -> None:
    """Raises :class:`research.errors.BadSearch` for what cannot be searched."""
    check_goal(asked.goal)
    if asked.walk_forward < 0:
        raise BadSearch(f"Windows were {asked.walk_forward}; allowed is 1 to 100, 0 for none.")
    form = chosen.form
    check_ranges_of(Study(chosen.ref, form.parameters, form.rules, {}), method_of(asked).ranges)


def method_of(asked: SweepRequest) -> Method:
    """How to search; raises :class:`research.errors.BadSearch` for ranges that hold nothing."""
    if asked.method not in {"grid", "optuna"}:
        raise BadSearch(f"The method was {asked.method!r:.40}; allowed are grid, optuna.")
    if asked.method == "optuna":
        return OptunaSearch(asked.ranges, asked.trials)
    return Grid(asked.ranges)


def study_of(work: Prepared, asked: SweepRequest) -> Study:
    """What is searched."""
    form = work.chosen.form
    fixed = {name: value for name, value in work.values.items() if name not in asked.ranges}
    return Study(
        work.chosen.ref, form.parameters, form.rules, work.candles, asked.goal, fixed, work.setup,
        work.convention,
    )  # fmt: skip


def swept(
    work: Prepared, asked: SweepRequest, workers: Workers, told: Progress, partial: Path | None
) -> Sweep:
    """Search, then walk forward where that is asked for; raises ``RunCancelled``."""
    study, method = study_of(work, asked), method_of(asked)
    arguments = (
        study, method, workers.scorer(study, method.names), _telling(told, "combinations"),
        lambda: told.cancelled,
    )  # fmt: skip
    try:
        found = search(*arguments, partial)
    except BadPartial as damage:
        log.warning("searching from the beginning: %s", damage)
        found = search(*arguments)
    told.tell(told.done, told.of, told.words)
    walked = None
    if asked.walk_forward:
        walked = walk_forward(
            study, method, workers, asked.walk_forward,
            report=_telling(told, "combinations, walking forward"),
            cancelled=lambda: told.cancelled,
        )  # fmt: skip
        told.tell(told.done, told.of, told.words)
    if partial is not None:
        partial.unlink(missing_ok=True)
    best = found.best
    values = {**work.values, **({} if best is None else found.values(best))}
    whole = {each.name for each in work.chosen.form.parameters if each.whole}
    values = {name: int(v) if name in whole else v for name, v in values.items()}
    return Sweep(_view(work, asked, found, walked, values), values)


def _telling(told: Progress, what: str) -> Callable[[SearchProgress], None]:
    def report(progress: SearchProgress) -> None:
        told.note(progress.done, progress.of, f"{progress.done:,} of {progress.of:,} {what}")

    return report


def _view(
    work: Prepared,
    asked: SweepRequest,
    found: SearchResult,
    walked: WalkForward | None,
    values: dict[str, float],
) -> SweepView:
    metric = next(each for each in METRICS if each.key == asked.goal)
    scale = 100.0 if metric.unit == "%" else 1.0
    shown = heatmap(found)
    best = found.best
    times = next(iter(work.candles.values())).time_ns // MS
    return SweepView(
        asked.goal,
        metric.label,
        shown.x,
        shown.y or "",
        tuple(shown.xs.tolist()),
        tuple(shown.ys.tolist()),
        scale * shown.matrix,
        values,
        None if best is None else scale * float(found.goals[best]),
        len(found.goals),
        tuple(_window(each, times, scale) for each in (walked.windows if walked else ())),
    )


def _window(each: WalkWindow, times: NDArray[np.int64], scale: float) -> WindowView:
    last = len(times) - 1
    return WindowView(
        int(times[each.span.train]),
        int(times[each.span.test]),
        int(times[min(each.span.end, last)]),
        dict(each.values),
        None if each.train_goal is None else scale * each.train_goal,
        None if each.test_goal is None else scale * each.test_goal,
        100.0 * each.test_return,
    )
