"""A real scheduler and a real worker, each a process of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from research.child import Children, Limits
from research.errors import ClusterUnavailable, SearchFailed
from research.search import Grid, OptunaSearch, search
from research.search import cluster as cluster_module
from research.search import workers as workers_module
from research.search.threads import ThreadScorer
from research.search.workers import Workers
from tests.conftest import ROOT
from tests.ports import free_port
from tests.research.search.test_scorers import GRID, SMA, file_study, sma_study

pytest.importorskip("distributed")

Started = subprocess.Popen[bytes]


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class LocalCluster:
    """A scheduler and workers on free ports."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._folder = folder
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        wait_for(lambda: answers(self.port))
        self.workers: list[Started] = []

    def add_worker(self, path: Path | None = ROOT) -> Started:
        """A worker with two threads, which finds the program in ``path``."""
        self.workers.append(
            self._start(
                "worker",
                self.address,
                "--nthreads",
                "2",
                "--no-nanny",
                "--local-directory",
                str(self._folder),
                path=path,
            )
        )
        return self.workers[-1]

    def stop(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()

    def _start(self, what: str, *arguments: str, path: Path | None = ROOT) -> Started:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        if path is not None:
            environment["PYTHONPATH"] = str(path)
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard"]
        log = (self._folder / f"{what}.log").open("ab")
        with log:
            return subprocess.Popen(
                [*command, *arguments], env=environment, cwd=self._folder, stdout=log, stderr=log
            )


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    made = Children(Limits(seconds=30))
    yield made
    made.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    made = LocalCluster(tmp_path_factory.mktemp("dask"))
    made.add_worker()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def workers(cluster: LocalCluster, children: Children) -> Iterator[Workers]:
    made = Workers(children, cluster.address)
    wait_for(lambda: joined(made))
    yield made
    made.close()


def joined(workers: Workers) -> bool:
    try:
        return workers.scorer(sma_study(), GRID.names).lanes == 2
    except ClusterUnavailable as error:
        assert "has no worker" in str(error)
        return False


@pytest.mark.parametrize(
    "method", [GRID, OptunaSearch({"fast": (2, 60, 1), "slow": (5, 200, 1)}, 20, 1)]
)
def test_a_cluster_finds_what_threads_find(method: Grid | OptunaSearch, workers: Workers) -> None:
    study = sma_study()
    near = search(study, method, ThreadScorer(study, SMA, method.names))
    far = search(study, method, workers.scorer(study, method.names))
    np.testing.assert_array_equal(near.points, far.points)
    np.testing.assert_array_equal(near.goals, far.goals)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(
        "import os\nfrom trading.strategy import Parameter, Signal, SignalStrategy\n"
        "def decide(candles, values):\n"
        "    if values['length'] == 3: return 1 / 0\n"
        "    if values['length'] == 4: os._exit(3)\n"
        "    return Signal((candles.close > candles.close[0] + values['length']) * 1.0, {}, 0)\n"
        "STRATEGY = SignalStrategy('mine', 'Mine', 'D.', 'me', ("
        "Parameter('length', 'Length', 5, 1, 50, 1), Parameter('other', 'O', 1, 1, 9, 1)), (), "
        "decide)\n"
    )
    return path


def test_a_users_file_goes_there_as_text(workers: Workers, file: Path) -> None:
    study, grid = file_study(file), Grid({"length": (1, 3, 1)})
    result = search(study, grid, workers.scorer(study, grid.names))
    assert result.failed == 1
    assert result.failure == "mine.py, line 4: ZeroDivisionError: division by zero"
    assert np.isfinite(result.goals[:2]).all()
    grid = Grid({"length": (4, 4, 1)})
    with pytest.raises(SearchFailed, match=r"ended its own process \(exit code 3\)"):
        search(study, grid, workers.scorer(study, grid.names))


def test_a_search_on_a_cluster_can_be_cancelled(workers: Workers) -> None:
    study, grid = sma_study(), Grid({"fast": (2, 100, 1), "slow": (101, 400, 1)})
    told: list[int] = []
    began = time.monotonic()
    result = search(
        study, grid, workers.scorer(study, grid.names), lambda each: told.append(each.done),
        lambda: bool(told) and told[-1] > 0,
    )  # fmt: skip
    assert not result.complete
    assert 0 < len(result.points) < 29_700
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("address", ["127.0.0.1:1", "tcp://", "http://a:1", "tcp://a:b", "tcp://a"])
def test_an_address_has_to_be_one(address: str, children: Children) -> None:
    with pytest.raises(ClusterUnavailable, match="allowed is tcp://host:port"):
        Workers(children, address).scorer(sma_study(), GRID.names)


def test_without_a_scheduler_it_says_so(children: Children) -> None:
    with pytest.raises(ClusterUnavailable, match=r"No Dask scheduler answers at tcp://127"):
        Workers(children, f"tcp://127.0.0.1:{free_port()}").scorer(sma_study(), GRID.names)


@pytest.mark.parametrize(
    ("greeting", "sentence"),
    [(b"", "No Dask scheduler answers"), (b"SSH-2.0-OpenSSH", "is no Dask scheduler")],
)
def test_somebody_else_at_the_port_is_no_scheduler(
    greeting: bytes, sentence: str, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_S", 0.5)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"

        def answer() -> None:
            link, _ = other.accept()
            with link, contextlib.suppress(ConnectionError):
                link.sendall(greeting)
                link.recv(1)  # until the other one has gone

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ClusterUnavailable, match=sentence):
            Workers(children, address).scorer(sma_study(), GRID.names)
        thread.join()


def test_without_dask_it_says_what_to_install(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "research.search.cluster", None)
    with pytest.raises(ClusterUnavailable, match=r"pip install -r requirements-dask\.txt"):
        workers_module.Workers(children, "tcp://a:1").scorer(sma_study(), GRID.names)


def test_a_cluster_that_goes_away_ends_the_search(tmp_path: Path, children: Children) -> None:
    cluster, workers = LocalCluster(tmp_path), None
    try:
        workers = Workers(children, cluster.address)
        with pytest.raises(ClusterUnavailable, match="has no worker"):
            workers.scorer(sma_study(), GRID.names)
        cluster.add_worker()
        wait_for(lambda: workers is not None and joined(workers))
        study, grid = sma_study(), Grid({"fast": (2, 100, 1), "slow": (101, 400, 1)})
        killed = False

        def kill(_: object) -> None:
            nonlocal killed
            if not killed:
                cluster.scheduler.send_signal(signal.SIGKILL)
            killed = True

        with pytest.raises((ClusterUnavailable, SearchFailed)):
            search(study, grid, workers.scorer(study, grid.names), kill)
        with pytest.raises(ClusterUnavailable):
            workers.scorer(study, grid.names)
    finally:
        if workers is not None:
            workers.close()
        cluster.stop()
