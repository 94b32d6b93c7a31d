"""Which of two is imported: the machine code of a module, or the module as it is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba import config

from market import compiled
from market.compiled import compiled_folder, is_compiled, search_path
from trading.paper import COMPILED

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "compile_accounts.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where compiled modules are, with one package; kernels are compiled, whatever runs this."""
    monkeypatch.setattr(compiled, "kernel_folder", tmp_path.joinpath)
    monkeypatch.setitem(vars(config), "DISABLE_JIT", 0)
    made = compiled_folder("trading") / "trading" / "paper"
    made.mkdir(parents=True)
    return made


def test_compiled_modules_come_before_the_sources(folder: Path) -> None:
    assert search_path("trading.paper", ["sources"]) == [str(folder), "sources"]


def test_where_none_are_compiled_the_sources_are_all(folder: Path) -> None:
    assert search_path("trading.engine", ["sources"]) == ["sources"]


def test_without_kernels_the_sources_are_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(config), "DISABLE_JIT", 1)
    assert search_path("trading.paper", ["sources"]) == ["sources"]


def test_the_folder_is_one_of_this_python(folder: Path) -> None:
    assert (sys.implementation.cache_tag or "") in str(folder)


def test_a_module_that_is_written_in_python_is_not_compiled() -> None:
    assert not is_compiled("market.compiled")
    assert is_compiled("numpy._core._multiarray_umath")


def asked(environment: dict[str, str], code: str) -> str:
    """What another process prints."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment, check=True, text=True,
        capture_output=True,
    ).stdout.strip()  # fmt: skip


IS_CORE = "import trading.paper.core; from market.compiled import is_compiled; "


def test_these_tests_run_on_compiled_accounts_where_there_is_a_compiler() -> None:
    """`make test` compiles them first; in a run of other tests alone they may not be."""
    if not compiled_folder("trading").is_dir():
        pytest.skip("accounts are not compiled: `make accounts` does where there is a C compiler")
    code = IS_CORE + "print(is_compiled('trading.paper.core'))"
    assert asked({"NUMBA_DISABLE_JIT": "0"}, code) == "True"
    assert asked({"NUMBA_DISABLE_JIT": "1"}, code) == "False"


def test_other_sources_are_never_run_by_old_machine_code(tmp_path: Path) -> None:
    """Compiled modules of another hash stay where they are and are not found."""
    code = IS_CORE + "print(is_compiled('trading.paper.core'))"
    (tmp_path / "0123456789abcdef" / "compiled" / "trading" / "paper").mkdir(parents=True)
    assert asked({"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_DISABLE_JIT": "0"}, code) == "False"


def test_without_a_compiler_the_script_says_so_and_leaves(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT], check=True, text=True, capture_output=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PATH": str(tmp_path)},
    )  # fmt: skip
    assert "what is missing: a C compiler" in done.stdout, done
    assert not any(tmp_path.rglob("*.so"))


def test_every_module_that_is_named_to_be_compiled_exists() -> None:
    assert all((ROOT / "trading" / "paper" / f"{name}.py").is_file() for name in COMPILED)
