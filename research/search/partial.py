"""A search that is not over, in a file, to be taken up again."""

import json
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from research.errors import BadPartial
from research.search.lanes import Batch
from storage.errors import WriteFailed
from storage.files import replace_files

__all__ = ["load_partial", "save_partial"]


def save_partial(path: Path, key: str, batch: Batch) -> None:
    """Replace ``path`` by what is done of ``batch``, of the search ``key``, whole or not at all.

    Raises :class:`BadPartial` when it cannot be written; what was there before stays.
    """
    rows = np.flatnonzero(batch.done).tolist()
    failures = {at: batch.failures[row] for at, row in enumerate(rows) if row in batch.failures}
    told = np.array(json.dumps([key, list(failures.items())]))

    def write(new: Path) -> None:
        with new.open("wb") as file:
            np.savez(file, points=batch.points[rows], goals=batch.goals[rows], told=told)

    try:
        replace_files({path: write})
    except WriteFailed as error:
        raise BadPartial(str(error)) from None


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
