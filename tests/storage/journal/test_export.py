"""``python -m storage journal``: accounts and their entries for other programs."""

import csv
import json
from pathlib import Path

import pytest

from storage.__main__ import main
from storage.journal.entry import Entry
from storage.journal.opening import FILE, open_journal
from tests.storage.journal.entries import entries

HOW = "name its folder with --store, or its database in CANDLECAST_DATABASE_URL"
NOTE = Entry(2, 1, 1_700_000_000_000_000_042, "Noted", '{"text":"a, \\"b\\"\\n口"}'.encode())


@pytest.fixture
def filled(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a journal with two accounts, which the environment names."""
    journal = open_journal(address, None)
    for name in ("Main", "Other"):
        journal.add_account(name, "live", 1_700_000_000_000_000_000)
    journal.append([*entries(1, 1, 7), NOTE])
    journal.close()
    monkeypatch.setenv("CANDLECAST_DATABASE_URL", address)
    return address


def test_accounts_are_listed(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1: Main, live, since 2023-11-14 22:13Z, 7 entries",
        "2: Other, live, since 2023-11-14 22:13Z, 1 entries",
    ]


def test_lines_of_json(filled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.jsonl"
    assert main(["journal", str(path), "--after", "2"]) == 0
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["event"] for line in lines] == [{"n": seq} for seq in range(3, 8)]
    assert lines[0] == {
        "account": 1,
        "seq": 3,
        "time": "1970-01-01T00:00:00.000003000Z",
        "time_ns": 3_000,
        "kind": "Filled",
        "key": "k3",
        "event": {"n": 3},
    }
    assert capsys.readouterr().out == "5 entries of Main exported\n"


def test_csv(filled: str, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert main(["journal", str(path), "--account", "2"]) == 0
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["account", "seq", "time", "time_ns", "kind", "key", "event"]
    assert rows[1][2:] == [
        "2023-11-14T22:13:20.000000042Z", str(NOTE.time_ns), "Noted", "", NOTE.body.decode(),
    ]  # fmt: skip


def test_what_is_wrong_is_one_sentence(
    filled: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["journal", str(tmp_path / "a.csv"), "--account", "9"]) == 2
    assert main(["journal", "--store", str(tmp_path / "nowhere")]) == 2
    monkeypatch.delenv("CANDLECAST_DATABASE_URL")
    assert main(["journal"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "storage: account was 9; there are: 1, 2",
        f"storage: the journal: {tmp_path / 'nowhere' / FILE} is no file; {HOW}",
        f"storage: the journal: none was named; {HOW}",
    ]
    assert not (tmp_path / "nowhere").exists()


def test_what_is_no_event_is_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = open_journal(None, tmp_path)
    journal.append([Entry(journal.add_account("a", "live", 1).id, 1, 1, "Filled", b"\xff")])
    journal.close()
    assert main(["journal", str(tmp_path / "out.csv"), "--store", str(tmp_path)]) == 2
    assert "entry 1 of paper account 1 is damaged" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
