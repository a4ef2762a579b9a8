# Everything a developer or operator starts. `make demo` needs Python 3.11 or newer, nothing else.
.PHONY: demo setup test check lint bench screenshots messages clean

PORT ?= 8000
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
PYTEST := $(BIN)/pytest -n 2 --dist loadgroup

demo: setup
	@$(BIN)/gridpact demo --port $(PORT)

setup: .venv/.synced node_modules/.synced

.uv/bin/uv:
	@.ci/get-uv

.venv/.synced: pyproject.toml uv.lock | $(filter .uv/%,$(UV))
	@$(UV) sync --frozen --inexact --quiet
	@touch $@

node_modules/.synced: package.json package-lock.json .venv/.synced
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Journeys in a browser run where one is found; on CI a missing one is an error.
test: setup
ifneq ($(CHROMIUM),)
	$(PYTEST)
else ifeq ($(CI),true)
	$(error No Chromium was found: the journeys in a browser cannot run)
else
	$(PYTEST) -m "not e2e"
endif

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/gridpact manage makemigrations --check --dry-run

check: lint test

# Each prints its ratio; see docs/architecture/performance.md.
bench: setup
	@for each in $(filter-out bench/common.py,$(wildcard bench/[a-z]*.py)); do \
		echo "== $$each"; $(BIN)/python $$each || exit 1; done

screenshots: setup
	$(BIN)/python -m tests.e2e.screenshots

# New texts are found, obsolete ones dropped, what lacks a translation is listed.
messages: setup
	$(BIN)/gridpact manage messages

clean:
	rm -rf .venv .uv node_modules
