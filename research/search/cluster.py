"""Dask, the only module that knows it: combinations sent to the machines of a cluster.

Messages of Dask are pickled Python: scheduler, workers and the network between them are trusted as
this process is.
"""

import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from distributed import Client
from numpy.typing import NDArray

from research.child.requests import request_of
from research.errors import ClusterUnavailable, SearchFailed
from research.search import cluster_task
from research.search.lanes import Cancelled, Done
from research.search.study import Study

__all__ = ["Cluster", "ClusterScorer"]

F64 = NDArray[np.float64]

CONNECT_S = 5.0
SEND_S = 60.0
LOST_S = 10.0
"""So long a cluster may be without a scheduler or a worker while a search waits for it."""
LOOK_S = 0.05
MOST_LANES = 256
LONGEST_GREETING = 1 << 20

_CLIENT: Any = Client  # it has no types


class Cluster:
    """A connection to the Dask scheduler at ``address`` (``tcp://host:port``).

    Raises :class:`ClusterUnavailable` within seconds when nobody answers there, when there is no
    worker, or when the workers run other code than this process.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        _knock(address)
        try:
            self.client = _CLIENT(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterUnavailable(f"{address} is no Dask scheduler: {error}") from None
        try:
            self._check_workers()
        except BaseException:
            self.close()
            raise

    def scorer(self, study: Study, names: Sequence[str]) -> "ClusterScorer":
        """What runs the combinations of a search; the candles are sent to every worker now."""
        return ClusterScorer(self, study, names)

    @property
    def threads(self) -> int:
        """Of all workers, as the scheduler told a moment ago."""
        return sum(int(worker["nthreads"]) for worker in self._workers().values())

    @property
    def there(self) -> bool:
        """Whether the scheduler is, with a worker."""
        return self.client.status == "running" and bool(self._workers())

    def close(self) -> None:
        """Leave the cluster."""
        self.client.close(timeout=1)

    def _workers(self) -> Mapping[str, Mapping[str, Any]]:
        workers: Mapping[str, Mapping[str, Any]] = self.client.scheduler_info(-1)["workers"]
        return workers

    def _check_workers(self) -> None:
        versions = self.client.run(cluster_task.version, on_error="return")
        if not versions:
            raise ClusterUnavailable(f"The Dask scheduler at {self.address} has no worker.")
        for worker, found in versions.items():
            if isinstance(found, BaseException):
                raise ClusterUnavailable(
                    f"The Dask worker {worker} cannot run searches ({found!s:.200}): it needs "
                    "Candlecast's folder on its PYTHONPATH and its requirements."
                )
            if found != cluster_task.version():
                raise ClusterUnavailable(f"The Dask worker {worker} has another Candlecast.")


class ClusterScorer:
    """See :class:`research.search.lanes.Scorer`: as many lanes as the workers have threads."""

    chunk_s = 1.0

    def __init__(self, cluster: Cluster, study: Study, names: Sequence[str]) -> None:
        self._cluster = cluster
        self.lanes = min(max(cluster.threads, 1), MOST_LANES)
        tree, arrays = request_of(
            study.strategy, study.fixed(), study.candles, study.setup, study.convention
        )
        file = study.strategy.file
        self._file = None if file is None else Path(file).read_text(encoding="utf-8")
        self._job = json.dumps(tree | {"names": list(names), "goal": study.goal})
        # without a hash: equal candles of another search would go when that one ends
        (self._arrays,) = cluster.client.scatter(
            [arrays], broadcast=True, hash=False, timeout=SEND_S
        )

    def score(self, points: F64, done: Done, cancelled: Cancelled) -> None:
        """See :class:`research.search.lanes.Scorer`."""
        future = self._cluster.client.submit(
            cluster_task.score, self._job, self._file, self._arrays, points, pure=False
        )
        if not self._wait(future, cancelled):
            future.cancel()
            return
        try:
            goals: cluster_task.Goals = future.result(timeout=CONNECT_S)
        except Exception as error:
            raise SearchFailed(f"A worker of the cluster failed: {error}") from error
        for row, (goal, failure) in enumerate(goals):
            done(row, goal, failure)

    def _wait(self, future: Any, cancelled: Cancelled) -> bool:
        """Whether the future is done, not cancelled; raises :class:`ClusterUnavailable`."""
        ended, there_at = Event(), monotonic()
        future.add_done_callback(lambda _: ended.set())
        while not ended.wait(LOOK_S):
            if cancelled():
                return False
            now = monotonic()
            if self._cluster.there:
                there_at = now
            if now - there_at > LOST_S:
                break
        if future.status in ("finished", "error"):
            return True
        if cancelled():
            return False
        raise ClusterUnavailable(
            f"The Dask cluster at {self._cluster.address} was lost during the search."
        )


def _knock(address: str) -> None:
    """Raise :class:`ClusterUnavailable` unless a scheduler listens there.

    Dask's own client would wait for ever for somebody who is silent. A scheduler begins with a
    short message, after its length in 8 bytes.
    """
    try:
        parts = urlsplit(address)
        if parts.scheme != "tcp" or not parts.hostname or parts.port is None:
            raise ValueError(address)
    except ValueError:
        raise ClusterUnavailable(
            f"The address of the cluster was {address!r:.80}; allowed is tcp://host:port."
        ) from None
    try:
        with socket.create_connection((parts.hostname, parts.port), CONNECT_S) as link:
            length = link.recv(8, socket.MSG_WAITALL)
    except OSError as error:
        raise ClusterUnavailable(
            f"No Dask scheduler answers at {address}: {error.strerror or error}."
        ) from None
    if not 0 < int.from_bytes(length, "little") < LONGEST_GREETING:
        raise ClusterUnavailable(f"What answers at {address} is no Dask scheduler.")
