# `make` alone lists what there is to do. Everything it makes lies in this folder; `make clean` takes it away.
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help

PYTHON ?= python3
STAGE ?= default
export PORT ?= 3000
export SESSION ?= .local/session.json
export ARCHITECTURE ?= arm64
BUILD_DIR ?= .aws-sam/build
export SAM_CLI_TELEMETRY := 0

BIN := .venv/bin
READY := .venv/.ready
BROWSER_READY := .venv/.browser-ready
SAM_READY := .venv-sam/.ready
SAM := .venv-sam/bin/sam
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(COMPILE_FLAGS)
SYNC := $(BIN)/uv pip sync --quiet --require-hashes
INSTALL := $(BIN)/uv pip install --quiet --require-hashes

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## Make the environment in .venv, exactly as locked (PYTHON=python3.13 to choose)
	@echo "Ready: $$($(BIN)/python --version) in .venv"

.PHONY: run
run: $(READY) ## Run the whole API on this machine, no Docker, no AWS account (PORT=3000)
	@exec $(BIN)/python -m infra.local

.PHONY: test
test: lint ## Lint, types and every test that needs only Python, with coverage
	@$(BIN)/pytest -n 2 --cov

.PHONY: lint
lint: $(READY) ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.PHONY: format
format: $(READY) ## Format the code and mend what can be mended safely
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

.PHONY: races
races: $(READY) ## Race the endpoints on DynamoDB Local (needs Java 17)
	@$(BIN)/pytest -n 2 -m races tests/races

.PHONY: e2e-readme
e2e-readme: $(READY) ## Replay the README against a running `make run` (SESSION=.local/session.json)
	@$(BIN)/pytest -m readme tests/e2e

.PHONY: browser
browser: $(BROWSER_READY) ## Sign in with a real headless browser (needs Chromium; CHROMIUM=path)
	@$(BIN)/pytest -m browser tests/browser

.PHONY: e2e
e2e: $(READY) $(SAM_READY) ## Build for this machine and run that on Lambda's own runtime (Linux, Java 17)
	@$(BIN)/pytest -m e2e

.PHONY: validate
validate: $(SAM_READY) ## Check the templates with sam and cfn-lint
	@$(SAM) validate --lint
	@$(SAM) validate --lint --template docs/verify-elsewhere/template.yaml

.PHONY: build
build: $(READY) $(SAM_READY) ## Build the functions and the layer for Lambda (ARCHITECTURE=x86_64)
	@find functions -name __pycache__ -type d -prune -exec rm -rf {} +
	@$(SAM) build --build-dir $(BUILD_DIR) --parameter-overrides Architecture=$(ARCHITECTURE)

.PHONY: deploy
deploy: build ## Deploy to your AWS account (STAGE=staging or prod)
	@$(SAM) deploy --config-env $(STAGE)

.PHONY: lock
lock: $(BIN)/uv ## Lock what pyproject.toml asks for, keeping the versions that still fit
	@$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(COMPILE) pyproject.toml --constraints requirements-dev.txt \
		--output-file layers/shared/requirements.txt
	@$(COMPILE) --group browser --constraints requirements-dev.txt \
		--output-file requirements-browser.txt
	@$(COMPILE) --group sam --output-file requirements-sam.txt
	@$(COMPILE) --group runtime --output-file requirements-runtime.txt

.PHONY: upgrade
upgrade: COMPILE_FLAGS := --upgrade
upgrade: lock ## Lock the newest versions instead

.PHONY: clean
clean: ## Remove everything that was made here
	@rm -rf .venv .venv-sam .local .aws-sam .coverage .coverage.* htmlcov \
		.hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find functions infra layers tests -name __pycache__ -type d -prune -exec rm -rf {} +

# uv comes from its own lines of the lock, so that even the installer is checked by hash.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$($(PYTHON) --version 2>/dev/null) || found='not there'; \
		echo "This needs Python 3.11 or newer, and $(PYTHON) is $$found." >&2; \
		echo 'Name a newer one: make setup PYTHON=python3.13' >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement .venv/uv.txt

$(READY): requirements-dev.txt | $(BIN)/uv
	@$(SYNC) --python $(BIN)/python requirements-dev.txt
	@touch $@

$(BROWSER_READY): requirements-browser.txt $(READY)
	@$(INSTALL) --python $(BIN)/python --requirement requirements-browser.txt
	@touch $@

$(SAM_READY): requirements-sam.txt | $(BIN)/uv
	@echo "Making .venv-sam for the AWS SAM command line ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-sam
	@$(SYNC) --python .venv-sam/bin/python requirements-sam.txt
	@touch $@
