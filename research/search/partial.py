"""A search that is not over, in a file, to be taken up again."""

import json
import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from research.errors import BadPartial
from research.search.lanes import Batch

__all__ = ["load_partial", "save_partial"]


def save_partial(path: Path, key: str, batch: Batch) -> None:
    """Replace ``path`` by what is done of ``batch``, of the search ``key``, whole or not at all.

    Raises :class:`BadPartial` when it cannot be written; what was there before stays.
    """
    rows = np.flatnonzero(batch.done).tolist()
    failures = {at: batch.failures[row] for at, row in enumerate(rows) if row in batch.failures}
    told = np.array(json.dumps([key, list(failures.items())]))
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            np.savez(file, points=batch.points[rows], goals=batch.goals[rows], told=told)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise BadPartial(f"{path} could not be written: {error.strerror or error}") from None


def load_partial(path: Path, key: str) -> Batch | None:
    """What :func:`save_partial` kept, all of it done; None when there is no file.

    Raises :class:`BadPartial` for a file that is damaged or of another search.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            whose, failures = json.loads(str(held["told"]))
            batch = Batch(held["points"])
            batch.goals[:] = held["goals"]
            batch.failures = {int(row): str(failure) for row, failure in failures}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise BadPartial(f"{path} is no partial result of a search: {error}") from None
    if whose != key:
        raise BadPartial(f"{path} is of another search: its data, strategy or setup differ.")
    batch.done[:] = True
    return batch
