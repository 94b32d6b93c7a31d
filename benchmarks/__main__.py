"""Runs every ``bench_*.py`` here (or those named), prints a table each, keeps the figures.

Usage: ``python -m benchmarks [chart] [encoder] [feed]``.
"""

import importlib
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.harness import Row, machine

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def _cells(row: Row) -> list[str]:
    size = f"{row.size_bytes:,}" if row.size_bytes is not None else "–"
    spread = f"{row.low_ms:.3f} – {row.high_ms:.3f}"
    return [row.name, f"{row.median_ms:.3f}", spread, size, str(row.runs), row.goal, row.note]


def _table(rows: list[Row]) -> str:
    head = ["what", "median ms", "5 % – 95 % ms", "bytes", "runs", "goal", "note"]
    lines = ["| " + " | ".join(head) + " |", "|---|---:|---:|---:|---:|---|---|"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    return "\n".join(lines)


def _run(name: str) -> None:
    module = importlib.import_module(f"benchmarks.bench_{name}")
    rows: list[Row] = module.run()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    text = f"# {name}\n\nMeasured {stamp} on {machine()}.\n\n{_table(rows)}\n"
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)
    record = {"machine": machine(), "date": stamp, "rows": [asdict(row) for row in rows]}
    (RESULTS / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all; an unknown name is one sentence and exit code 2."""
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        print(
            f"benchmarks: unknown {', '.join(unknown)}; there are {', '.join(known)}",
            file=sys.stderr,
        )
        return 2
    for name in arguments or known:
        _run(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
