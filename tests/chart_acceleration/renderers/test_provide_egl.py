"""``scripts/provide-egl`` with and without OpenGL, root, packages: programs stand in for them."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

MISSING = (
    "egl: no OpenGL 3.3 context starts, so the opengl tests in tests/chart_acceleration are "
    "skipped; what is missing comes with libegl1 libgl1 libgl1-mesa-dri "
    "(as root: apt-get install libegl1 libgl1 libgl1-mesa-dri)."
)
ASKED = "egl: no context starts, asking Debian's package manager for libegl1 libgl1 libgl1-mesa-dri"


def provided(folder: Path, uid: int, installed: bool, apt: str) -> list[str]:
    """The lines it prints; ``apt`` is what apt-get does in ``folder``."""
    if installed:
        (folder / "there").touch()
    programs = {
        "python": "[ -e there ] && echo llvmpipe",
        "id": f"echo {uid}",
        "apt-get": f'echo "$@" >>asked\n{apt}',
    }
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    done = subprocess.run(
        [str(ROOT / "scripts" / "provide-egl"), "./python"],
        cwd=folder, env={"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_what_is_there_is_named_and_nothing_is_asked(tmp_path: Path) -> None:
    assert provided(tmp_path, 0, True, "exit 1") == ["egl: llvmpipe"]
    assert not (tmp_path / "asked").exists()


def test_root_installs_what_is_missing(tmp_path: Path) -> None:
    assert provided(tmp_path, 0, False, "touch there") == [ASKED, "egl: llvmpipe"]
    assert (tmp_path / "asked").read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends libegl1 libgl1 libgl1-mesa-dri",
    ]


@pytest.mark.parametrize("apt", ["exit 1", "exit 0"])
def test_what_cannot_be_installed_is_one_sentence(tmp_path: Path, apt: str) -> None:
    assert provided(tmp_path, 0, False, apt) == [ASKED, MISSING]


def test_others_than_root_are_told_only(tmp_path: Path) -> None:
    assert provided(tmp_path, 1000, False, "touch there") == [MISSING]
    assert not (tmp_path / "asked").exists()
