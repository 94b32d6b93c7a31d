"""Files of several writers: whoever is there at the same time, what is there is whole."""

import threading
from pathlib import Path

import pytest

from storage import rounds
from storage.errors import StoreBusy, WriteFailed
from storage.files import claim_folder, replace_files, size_of, turn_in
from storage.rounds import Rounds


def test_two_threads_may_write_one_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "one"

    def quick(new: Path) -> None:
        new.write_text("quick")

    def slow(new: Path) -> None:
        new.write_text("slow")
        other = threading.Thread(target=lambda: replace_files({path: quick}))
        other.start()
        other.join()
        assert path.read_text() == "quick"

    replace_files({path: slow})
    assert path.read_text() == "slow"
    assert list(tmp_path.iterdir()) == [path]


def test_what_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    def full(new: Path) -> None:
        new.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(WriteFailed, match="No space left"):
        replace_files({tmp_path / "one": full})
    assert list(tmp_path.iterdir()) == []


def test_turns_are_taken(tmp_path: Path) -> None:
    entered: list[str] = []

    def enter() -> None:
        with turn_in(tmp_path):
            entered.append("other")

    with turn_in(tmp_path):
        other = threading.Thread(target=enter)
        other.start()
        other.join(0.2)
        assert entered == []
    other.join()
    assert entered == ["other"]


def test_a_file_that_is_gone_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("four")
    assert (size_of(tmp_path / "one"), size_of(tmp_path / "two")) == (4, 0)


def test_a_folder_is_kept_until_the_last_round_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "STOP_S", 0.01)
    saving, go_on = threading.Event(), threading.Event()

    def save() -> None:
        slow.claim()
        saving.set()
        assert go_on.wait(60)

    slow = Rounds("things", tmp_path, save, 0.0)
    slow.start()
    assert saving.wait(60)
    slow.stop()
    with pytest.raises(StoreBusy):
        claim_folder(tmp_path)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "things keeper":
            thread.join(60)
    claim_folder(tmp_path).close()
