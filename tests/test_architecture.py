"""Rules of the code base that no linter checks.

What imports what, how deep classes inherit, what docstrings draw and the pages about the code name,
and how long things may be.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = (
    "market", "indicators", "data_feed", "trading", "storage", "research", "paper_trading",
    "chart_acceleration", "server", "components", "pages",
)  # fmt: skip
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "__pycache__" not in path.parts
)
ERROR_MODULES = [path for path in MODULES if path.name == "errors.py"]
SCRIPTS = sorted((ROOT / "assets").glob("*.js"))
# One module in each package that has use for it.
ONE_HOME = {
    "cupy": {"chart_acceleration.renderers.cuda", "indicators.cuda.cupy_device"},
    "moderngl": {"chart_acceleration.renderers.opengl"},
    "redis": set(),
    "httpx": {"data_feed.rest", "server.webhooks"},
    "distributed": {"research.search.cluster"},
    "optuna": {"research.search.tpe"},
    "pyarrow": {"storage.parquet"},
}


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of ``path``."""
    return ast.parse(path.read_text())


def dotted(path: Path) -> str:
    """The module name of ``path``; a package's is its folder's."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def classes(path: Path) -> dict[str, ast.ClassDef]:
    """The classes of ``path`` by name."""
    return {node.name: node for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of everything that ``path`` imports; the name is empty for whole modules."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((node.module, alias.name) for alias in node.names)


def imported_names(path: Path) -> set[str]:
    """First parts of the module names that ``path`` imports."""
    return {module.split(".")[0] for module, _ in imports(path)}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in ``path``, nested ones included."""
    return [
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_nothing_imports_app() -> None:
    assert [str(path) for path in MODULES if "app" in imported_names(path)] == []


@pytest.mark.parametrize("library", sorted(ONE_HOME))
def test_optional_library_lives_in_one_module(library: str) -> None:
    homes = {dotted(path) for path in MODULES if library in imported_names(path)}
    assert homes == ONE_HOME[library]


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


def base_names(node: ast.ClassDef) -> list[str]:
    """The bases of a class as they are written, without what stands in brackets."""
    return [ast.unparse(base).split("[")[0] for base in node.bases]


def test_classes_have_one_base_at_most() -> None:
    deep = [
        f"{path.relative_to(ROOT)}:{name}"
        for path in MODULES
        for name, node in classes(path).items()
        if len(node.bases) > 1
    ]
    assert deep == []


def test_no_class_inherits_from_a_class_of_ours() -> None:
    """Errors may: their tree is drawn, see below."""
    ours = {dotted(path): classes(path).keys() for path in MODULES if path not in ERROR_MODULES}
    deep = []
    for path in MODULES:
        if path in ERROR_MODULES:
            continue
        known = set(classes(path)) | {
            name for module, name in imports(path) if name in ours.get(module, ())
        }
        deep += [
            f"{path.relative_to(ROOT)}:{name}"
            for name, node in classes(path).items()
            if known.intersection(base_names(node))
        ]
    assert deep == []


def drawn_tree(path: Path) -> dict[str, str | None]:
    """Class → parent, as the docstring of ``path`` draws it."""
    tree: dict[str, str | None] = {}
    above: list[str] = []
    for line in (ast.get_docstring(parsed(path)) or "").splitlines():
        match = re.match(r"((?:│   |    )*)([├└]── )?([A-Z]\w+)(\s{2,}|$)", line)
        if match is None:
            continue
        depth = len(match[1]) // 4 + 1 if match[2] else 0
        above = [*above[:depth], match[3]]
        tree[match[3]] = above[depth - 1] if depth else None
    return tree


@pytest.mark.parametrize("path", ERROR_MODULES, ids=dotted)
def test_the_tree_of_errors_is_the_one_drawn(path: Path) -> None:
    found = classes(path)
    tree = {
        name: base if (base := base_names(node)[0]) in found else None
        for name, node in found.items()
    }
    assert drawn_tree(path) == tree
    assert list(tree.values()).count(None) == 1


def test_public_errors_live_in_the_trees() -> None:
    """``RecordingEnded`` is no error: it says that a finite source is done."""
    strays = {
        f"{path.relative_to(ROOT)}:{name}"
        for path in MODULES
        for name, node in classes(path).items()
        if path not in ERROR_MODULES
        and not name.startswith("_")
        and any(base.endswith(("Error", "Exception")) for base in base_names(node))
    }
    assert strays == {"data_feed/connectors.py:RecordingEnded"}


def test_every_module_is_reached_by_a_test() -> None:
    homes = {dotted(path): path for path in MODULES}
    waiting = sorted((ROOT / "tests").rglob("*.py"))
    reached: set[str] = set()
    while waiting:
        for module, name in imports(waiting.pop()):
            for found in {module, f"{module}.{name}"} & homes.keys() - reached:
                reached.add(found)
                waiting.append(homes[found])
    # tests/pages imports the pages through Dash, and a program's __main__ is run.
    left = {name for name in homes.keys() - reached if not name.startswith("pages.")}
    assert {name for name in left if not homes[name].stem.startswith("__")} == set()


@pytest.mark.parametrize(
    "page", ["life_of_a_tick", "architecture", "frames_protocol", "vp8l", "venues"]
)
def test_names_in_the_pages_exist(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    everything = "\n".join(path.read_text() for path in MODULES)
    for path, name in re.findall(r"`([a-z_0-9/]+\.(?:py|js|css|toml))(?:: ([\w.]+))?`", text):
        homes = [ROOT / path] if "/" in path else [*ROOT.glob(path), *ROOT.glob(f"*/**/{path}")]
        assert any(home.is_file() for home in homes), path
        for part in name.split(".") if name else ():
            assert re.search(rf"\b(class|def) {part}\b", homes[0].read_text()), f"{path}: {name}"
    for owner, name in re.findall(r"`([A-Z]\w+)\.(\w+)`", text):
        assert re.search(rf"^class {owner}\b", everything, re.MULTILINE), owner
        assert re.search(rf"\bdef {name}\b", everything), f"{owner}.{name}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_stay_short(script: Path) -> None:
    assert script.read_text().count("\n") <= 300


def test_no_module_is_called_utils() -> None:
    assert [
        str(path) for path in MODULES if path.stem in {"utils", "helpers", "misc", "common"}
    ] == []


def test_app_stays_wiring() -> None:
    assert (ROOT / "app.py").read_text().count("\n") <= 120
