# Two commands: `make run` serves the program, `make test` checks everything. Both prepare what they need, once.
#   make run ARGS="--feed sim --port 8060"     or     CANDLECAST_PORT=8060 make run
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=
PYTHON_GPU ?=
# Tests start dozens of interpreters, and each would compile the same sources where bytecode is not kept.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -q
UNIT := $(PYTEST) -n 2 --dist loadfile -m "not browser"
# Beside the others, which wait for a third of their time: nothing here waits.
KERNELS := NUMBA_DISABLE_JIT=1 nice $(PYTEST) -n 2 --dist worksteal -m "kernel and not browser"
BROWSER := $(PYTEST) -n 3 --dist worksteal -m browser
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test style format types imports unit units kernels browser-tests accounts compiled provided chromium egl postgres goldens bench soak gpu-check screenshots clean

help: ## Lists the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.run accounts ## Serves http://127.0.0.1:8050 (CANDLECAST_* variables and ARGS="..." are honoured)
	@exec $(PY) app.py $(ARGS)

test: export CI := 1
test: $(VENV)/.dev ## Lint, types, import rule, and every test, real browser included
	@$(MAKE) --no-print-directory -j 2 --output-sync=target compiled accounts types style imports provided
	@$(MAKE) --no-print-directory -j 2 --output-sync=target units kernels
	$(BROWSER)

style: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

format: $(VENV)/.dev ## Formats the sources and sorts the imports
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

types: $(VENV)/.dev
	$(VENV)/bin/mypy

imports: $(VENV)/.dev
	$(VENV)/bin/lint-imports

unit: compiled accounts egl postgres
	$(UNIT)

units: $(VENV)/.dev # as `unit`, where all it needs has been prepared
	$(UNIT)

kernels: $(VENV)/.dev # the compiled functions once more as plain Python: out-of-range indexing raises there
	$(KERNELS)

browser-tests: compiled accounts chromium
	$(BROWSER)

accounts: $(VENV)/.run ## Compiles what paper accounts decide with, where there is a C compiler; without one they run interpreted
	@$(PY) scripts/compile_accounts.py

compiled: $(VENV)/.dev # no test waits for the compiler
	CANDLECAST_LOG_LEVEL=warning $(PY) app.py --warm-up --renderer cpu --feed sim

provided: $(VENV)/.dev # one after another: they ask the same package manager
	@scripts/provide-egl $(PY)
	@scripts/provide-postgres
	@scripts/provide-chromium $(PY)

chromium: $(VENV)/.dev ## Provides a Chromium: an installed one, else Debian's package when root, else Playwright's
	@scripts/provide-chromium $(PY)

egl: $(VENV)/.dev ## Provides headless OpenGL for its renderer's tests: Debian's Mesa when root, else says what is missing
	@scripts/provide-egl $(PY)

postgres: ## Provides PostgreSQL for the journal's tests: Debian's package when root, else says what is missing
	@scripts/provide-postgres

goldens: $(VENV)/.dev ## Draws the golden pictures anew; look at the difference before committing
	$(PYTEST) tests/chart_acceleration -k golden --regenerate-goldens

bench: $(VENV)/.bench accounts chromium ## Side-by-side measurements with the peers; writes benchmarks/results/
	$(PY) -m benchmarks

soak: $(VENV)/.dev ## A feed at 5,000 messages a second for MINUTES (2): does its memory grow? Writes benchmarks/results/soak.md
	$(PY) -m benchmarks.soak --minutes $(or $(MINUTES),2)

# `make gpu-check PYTHON_GPU=python3` takes an interpreter that has cupy, numba, pillow, pytest and hypothesis, and no
# environment of ours. Without a CUDA device: one sentence and exit code 2, since nothing was checked.
gpu-check: $(if $(PYTHON_GPU),,$(VENV)/.dev) ## Proves and measures the CUDA renderer and indicators on this machine's card; writes benchmarks/results/gpu.md
	@$(or $(PYTHON_GPU),$(PY)) -m benchmarks.gpu_check
	$(or $(PYTHON_GPU),$(PY)) -m pytest -c /dev/null --rootdir=. -p no:dash -p no:cacheprovider -q -ra -m gpu \
		-W ignore::pytest.PytestUnknownMarkWarning tests/chart_acceleration/renderers tests/chart_acceleration/cuda tests/indicators/cuda

screenshots: $(VENV)/.dev chromium ## Makes the README's pictures with the tests' browser
	CANDLECAST_SCREENSHOTS=docs/images $(PYTEST) -m browser tests/browser/test_screenshots.py

clean: ## Removes the environment and every cache
	rm -rf $(VENV) .numba .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environment -----------------------------------------------------------------------------------------------

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) was not found; Candlecast needs Python 3.11 or newer (set PYTHON=...)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $$($(PYTHON) --version) is too old; Candlecast needs 3.11 or newer (set PYTHON=...)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.txt constraints.txt
	@echo "make: installing requirements.txt into $(VENV)"
	@$(PY) -m pip install -q -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@echo "make: installing requirements-dev.txt into $(VENV)"
	@$(PY) -m pip install -q -r requirements-dev.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.txt
	@echo "make: installing requirements-bench.txt (the peers) into $(VENV)"
	@$(PY) -m pip install -q -r requirements-bench.txt
	@touch $@
