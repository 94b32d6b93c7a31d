"""A search from beginning to end."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from research.errors import BadSearch, SearchFailed
from research.search.course import Course, Keeping, Report
from research.search.goals import check_goal, lower_is_better
from research.search.grid import Grid
from research.search.lanes import Lanes, Scorer
from research.search.optuna_search import OptunaSearch
from research.search.partial import load_partial
from research.search.progress import Progress
from research.search.result import SearchResult
from research.search.study import Study, allowed, check_ranges_of, fingerprint

__all__ = ["never", "search", "silent"]

F64 = NDArray[np.float64]

BATCH = 8
"""Proposals that Optuna makes at once: on any number of cores the same ones."""
STALE = 20
"""Batches in a row without a new combination, after which Optuna has no more to propose."""


def silent(_: Progress) -> None:
    """The report that nobody reads."""


def never() -> bool:
    """The wish to cancel that nobody has."""
    return False


def search(
    study: Study,
    method: Grid | OptunaSearch,
    scorer: Scorer,
    report: Report = silent,
    cancelled: Callable[[], bool] = never,
    partial: Path | None = None,
) -> SearchResult:
    """Run every combination that ``method`` wants, through ``scorer``.

    ``report`` is called from this thread about 20 times a second and at the end. Once
    ``cancelled()`` the search ends within 0.2 s, with what it has (``complete`` is False). With
    ``partial`` what is done is kept in that file every few seconds and when the search does not
    end well, and taken from there: together both are the uninterrupted search.

    Raises :class:`BadSearch` before anything is run, :class:`BadPartial` for a file of another
    search, :class:`SearchFailed` when every combination failed, and what the scorer raises.
    """
    check_goal(study.goal)
    check_ranges_of(study, method.ranges)
    keeping = None if partial is None else Keeping(partial, fingerprint(study, method.names))
    before = None if keeping is None else load_partial(keeping.path, keeping.key)
    course = Course(method.names, study.goal, before, report, cancelled, keeping)
    complete = False
    try:
        with Lanes(scorer) as lanes:
            if isinstance(method, Grid):
                left_out, complete = _grid(study, method, course, lanes)
            else:
                left_out, complete = _optuna(study, method, course, lanes)
    finally:
        if not complete:
            course.keep()
    course.end()
    return _result(course, left_out, complete)


def _grid(study: Study, grid: Grid, course: Course, lanes: Lanes) -> tuple[int, bool]:
    points = grid.points()
    keeps = allowed(study, grid.names, points)
    if not keeps.any():
        rules = ", ".join(f"{rule.less} < {rule.more}" for rule in study.rules)
        raise BadSearch(f"Every one of the {len(points):,} combinations breaks a rule: {rules}.")
    course.of = int(keeps.sum())
    course.run(points[keeps], lanes)
    return len(points) - course.of, course.complete


def _optuna(study: Study, method: OptunaSearch, course: Course, lanes: Lanes) -> tuple[int, bool]:
    from research.search.tpe import Proposals  # noqa: PLC0415 - takes half a second, rarely needed

    proposals = Proposals(method.ranges, method.seed, lower_is_better(study.goal))
    rows: dict[tuple[float, ...], int] = {}
    left_out: set[tuple[float, ...]] = set()
    course.of = method.trials
    stale = 0
    while len(rows) < method.trials and stale < STALE:
        proposed = proposals.ask(BATCH)
        keeps = allowed(study, method.names, proposed)
        keys = [tuple(point) for point in proposed.tolist()]
        left_out.update(key for key, kept in zip(keys, keeps, strict=True) if not kept)
        fresh = dict.fromkeys(
            key for key, kept in zip(keys, keeps, strict=True) if kept and key not in rows
        )
        added = list(fresh)[: method.trials - len(rows)]
        rows.update({key: len(rows) + at for at, key in enumerate(added)})
        batch = course.run(
            np.array(added, np.float64).reshape(len(added), len(method.names)), lanes
        )
        if not course.complete:
            return len(left_out), False
        stale = 0 if added else stale + 1
        proposals.tell([batch.goals[rows[key]] if key in rows else np.nan for key in keys])
    course.of = len(rows)
    return len(left_out), True


def _result(course: Course, left_out: int, complete: bool) -> SearchResult:
    batch = course.batch
    rows = np.flatnonzero(batch.done)
    first = min(batch.failures, default=None)
    failure = None if first is None else batch.failures[first]
    if complete and len(rows) and len(batch.failures) == len(rows):
        raise SearchFailed(f"All {len(rows):,} combinations failed. The first: {failure}")
    return SearchResult(
        names=course.names,
        points=batch.points[rows],
        goals=batch.goals[rows],
        goal=course.goal,
        left_out=left_out,
        failed=len(batch.failures),
        failure=failure,
        complete=complete,
    )
