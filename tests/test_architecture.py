"""Rules of the code base that no linter checks: what imports what, and how long things may be."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = (
    "market", "indicators", "data_feed", "trading", "storage", "chart_acceleration", "server",
    "components", "pages",
)  # fmt: skip
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "__pycache__" not in path.parts
)
ONE_HOME = {"cupy": "cuda", "moderngl": "opengl", "redis": "redis", "httpx": "history_loader"}


def imported_names(path: Path) -> set[str]:
    """First parts of the module names that ``path`` imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in ``path``, nested ones included."""
    tree = ast.parse(path.read_text())
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_nothing_imports_app() -> None:
    assert [str(path) for path in MODULES if "app" in imported_names(path)] == []


@pytest.mark.parametrize("library", sorted(ONE_HOME))
def test_optional_library_lives_in_one_module(library: str) -> None:
    homes = {path.stem for path in MODULES if library in imported_names(path)}
    assert homes <= {ONE_HOME[library]}


def test_modules_stay_short() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in MODULES
        if (n := path.read_text().count("\n")) > 500
    }
    assert long == {}


def test_functions_stay_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": size
        for path in MODULES
        for node in functions(path)
        if (size := (node.end_lineno or node.lineno) - node.lineno + 1) > 60
    }
    assert long == {}


def test_constructors_take_at_most_seven_parameters() -> None:
    wide = {
        f"{path.relative_to(ROOT)}:{node.lineno}": count
        for path in MODULES
        for node in functions(path)
        if node.name == "__init__"
        and (count := len(node.args.args) + len(node.args.kwonlyargs) - 1) > 7
    }
    assert wide == {}


def test_classes_inherit_once_at_most() -> None:
    """No class has two bases."""
    deep = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and len(node.bases) > 1:
                deep.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert deep == []


def test_no_module_is_called_utils() -> None:
    assert [
        str(path) for path in MODULES if path.stem in {"utils", "helpers", "misc", "common"}
    ] == []


def test_app_stays_wiring() -> None:
    assert (ROOT / "app.py").read_text().count("\n") <= 120
