"""What the results of backtests depend on beside their inputs: our own code."""

import hashlib
from functools import cache
from pathlib import Path

__all__ = ["code_version", "file_version"]

_PACKAGES = ("market", "indicators", "trading", "research")
_ROOT = Path(__file__).resolve().parent.parent


@cache
def code_version() -> str:
    """Changes with every change to the code that computes results."""
    found = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((_ROOT / package).rglob("*.py")):
            found.update(f"{path.relative_to(_ROOT)}\0{file_version(path)}\0".encode())
    return found.hexdigest()


def file_version(path: Path) -> str:
    """Changes with the content of a file; raises ``OSError``."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
