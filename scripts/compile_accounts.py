#!/usr/bin/env python3
"""Compiles what an account of paper trading decides with: plain Python, to C and to machine code.

Run by the environment's own interpreter, from anywhere: PYTHON scripts/compile_accounts.py. Does
nothing where it is done for the sources as they are. Where there is no C compiler, or no headers of
this Python, it says so in one sentence and leaves: the same modules then run interpreted.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from market.compiled import compiled_folder  # noqa: E402
from trading.paper import COMPILED  # noqa: E402


def missing() -> str:
    """What is needed and is not there."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if find_spec("mypyc") is None or find_spec("setuptools") is None:
        return "mypy and setuptools (requirements.txt)"
    if shutil.which(compiler) is None:
        return f"a C compiler ({compiler}; on Debian: apt-get install gcc libc6-dev)"
    found = subprocess.run(
        [compiler, "-fsyntax-only", "-x", "c", f"-I{sysconfig.get_path('include')}", "-"],
        check=False, input="#include <Python.h>", text=True, capture_output=True,
    )  # fmt: skip
    if found.returncode:
        return "the headers of this Python and of C (on Debian: apt-get install python3-dev)"
    return ""


def build(folder: Path) -> None:
    """Make the modules in ``folder``; what is already there was made by somebody else meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        subprocess.run(
            [sys.executable, __file__, "--into", made], cwd=ROOT, check=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            Path(made, "lib").rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def translate(made: Path) -> None:
    """In a process of its own: mypy to read the types, mypyc to C, the compiler to a library."""
    from mypyc.build import mypycify  # noqa: PLC0415 - slow, and not where all is done already
    from setuptools import setup  # noqa: PLC0415

    sources = [f"trading/paper/{name}.py" for name in COMPILED]
    extensions = mypycify(
        [f"--cache-dir={made / 'mypy'}", *sources], opt_level="2", debug_level="0",
        group_name="trading.paper.accounts", target_dir=str(made / "c"),
    )  # fmt: skip
    setup(
        name="accounts", packages=[], ext_modules=extensions,
        script_args=[
            "--quiet", "build_ext", f"--build-lib={made / 'lib'}", f"--build-temp={made / 'tmp'}"
        ],
    )  # fmt: skip


def main() -> int:
    """Say what was done in one line."""
    if sys.argv[1:2] == ["--into"]:
        translate(Path(sys.argv[2]))
        return 0
    folder = compiled_folder("trading")
    if folder.is_dir():
        return 0
    lacking = missing()
    if lacking:
        print(f"accounts: not compiled, they run interpreted; what is missing: {lacking}")
        return 0
    print("accounts: compiling them, once, about a minute", flush=True)
    try:
        build(folder)
    except subprocess.CalledProcessError as error:
        print(f"accounts: not compiled, they run interpreted: {error}\n{error.output}")
        return 1 if os.environ.get("CI") else 0
    print(f"accounts: compiled, {os.path.relpath(folder, ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
