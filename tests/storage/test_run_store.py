"""Kept runs: what is there is whole, whatever happened to the process or the disk."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from storage.errors import FileDamaged, ReadFailed, WriteFailed
from storage.run_store import RunStore
from tests.conftest import ROOT
from tests.storage.candles import candles

ARRAYS = {"equity": np.linspace(1, 2, 5), "held": np.array([True, False])}


def flip(path: Path, at: int) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_runs_are_numbered_and_come_back(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    assert store.numbers() == []
    assert not tmp_path.joinpath("runs").exists()
    assert [store.add(text, ARRAYS) for text in (b"one", b"two")] == [1, 2]
    assert RunStore(tmp_path).document(2) == b"two"
    kept = store.arrays(1)
    assert {name: array.tolist() for name, array in kept.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }
    with pytest.raises(ValueError, match="read-only"):
        kept["equity"][0] = 3.0


def test_records_are_kept_without_pickle(tmp_path: Path) -> None:
    fills = np.zeros(2, np.dtype([("price", np.float64), ("side", np.int8)], align=True))
    fills["price"] = (1.5, 2.5)
    store = RunStore(tmp_path)
    assert store.arrays(store.add(b"", {"fills": fills}))["fills"]["price"].tolist() == [1.5, 2.5]
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        store.add(b"", {"bad": np.array([object()])})
    assert store.numbers() == [1]


def test_a_removed_run_is_gone_and_its_number_is_not_given_again(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    for _ in range(3):
        store.add(b"", {})
    store.remove(2)
    store.remove(2)
    assert store.numbers() == [1, 3]
    store.remove(3)
    assert RunStore(tmp_path).add(b"", {}) == 4
    with pytest.raises(ReadFailed):
        store.document(2)


@pytest.mark.parametrize(("name", "at"), [("run.json", 0), ("arrays.npz", 60), ("SHA256SUMS", 5)])
def test_damage_of_one_run_is_told_and_leaves_the_others(
    tmp_path: Path, name: str, at: int
) -> None:
    store = RunStore(tmp_path)
    store.add(b"{}", ARRAYS)
    store.add(b"[]", ARRAYS)
    flip(tmp_path / "runs" / "000001" / name, at)
    with pytest.raises(FileDamaged, match="it is not what was written"):
        store.arrays(1) if name == "arrays.npz" else store.document(1)
    assert (store.document(2), len(store.arrays(2))) == (b"[]", 2)


def test_a_run_of_another_process_keeps_its_number(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    threads = [
        threading.Thread(target=lambda: RunStore(tmp_path).add(b"x", ARRAYS)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.numbers() == list(range(1, 9))


def test_no_number_is_given_twice_while_runs_come_and_go(tmp_path: Path) -> None:
    given: list[int] = []

    def work() -> None:
        store = RunStore(tmp_path)
        for _ in range(25):
            given.append(number := store.add(b"x", {}))
            store.remove(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 101))


def test_what_was_left_half_written_goes_after_an_hour(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.add(b"", {})
    young, old = (tmp_path / "runs" / f".{name}.new" for name in ("young", "old"))
    for path in (young, old):
        path.mkdir()
        (path / "run.json").write_text("half")
    os.utime(old, (time.time() - 4000,) * 2)
    assert store.numbers() == [1]
    store.add(b"", {})
    assert (young.exists(), old.exists()) == (True, False)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file is in the way")
    with pytest.raises(WriteFailed, match="could not be written"):
        RunStore(tmp_path).add(b"", {})


def test_candles_are_kept_once_and_dropped_when_nobody_wants_them(tmp_path: Path) -> None:
    store, window = RunStore(tmp_path), candles(20)
    store.keep_candles("abc", window)
    path = tmp_path / "runs" / "candles" / "abc.parquet"
    before = path.stat().st_mtime_ns
    store.keep_candles("abc", candles(3))
    assert path.stat().st_mtime_ns == before
    assert store.candles("abc").close.tolist() == window.close.tolist()
    store.keep_candles("def", candles(3))
    store.drop_candles(["def"])
    with pytest.raises(ReadFailed):
        store.candles("abc")
    assert len(store.candles("def")) == 3


_WRITER = """
import sys
from pathlib import Path
import numpy as np
from storage.run_store import RunStore
store = RunStore(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    store.add(b"x" * 100_000, {"equity": np.arange(200_000.0)})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_process_killed_while_writing_leaves_whole_runs(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        writer_began = len(RunStore(tmp_path).numbers())
        while len(RunStore(tmp_path).numbers()) == writer_began:
            time.sleep(0.001)
        time.sleep(float(random.uniform(0, 0.02)))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    store = RunStore(tmp_path)
    numbers = store.numbers()
    assert len(numbers) >= 4
    assert {store.document(number) for number in numbers} == {b"x" * 100_000}
    assert all(store.arrays(number)["equity"][-1] == 199_999.0 for number in numbers)
