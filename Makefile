# `make` alone prints what there is. Everything that needs packages gets them first, once.
SHELL := bash
.DEFAULT_GOAL := help

# the newest Python that is here; bootstrap.py says so in one sentence when it is too old
PYTHON ?= $(firstword $(foreach v,python3.13 python3.12 python3.11 python3,$(if $(shell $(v) -c '' 2>/dev/null && echo y),$(v))))
BIN := .venv/bin
RASA := .venv-rasa/bin
NPM := npm --silent --prefix web_widget run
# Rasa's own dependencies deprecate each other at length
QUIET := PYTHONWARNINGS=ignore::DeprecationWarning
# checks and tests of the web pages, where there is a Node.js to run them
HAS_NODE := $(and $(wildcard web_widget/package.json),$(shell command -v npm))

# Rasa and TensorFlow send, look for and print less with these
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 2
export CUDA_VISIBLE_DEVICES := -1
export HF_HUB_OFFLINE := 1

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

## ------------------------------------------------------------------ run it

.PHONY: demo setup tools
demo: ## set up what is missing and run the demo; Ctrl-C stops it
	@$(PYTHON) bootstrap.py demo

setup: ## both environments with the development tools, the encoder and a trained assistant
	@$(PYTHON) bootstrap.py setup

tools: ## setup, and a browser and the Node packages for the tests
	@$(PYTHON) bootstrap.py tools

.PHONY: train
train: ## train the assistant; DATA=folder trains any Rasa project's into var/models/<its name>.tar.gz, or OUT= and NAME=
	$(QUIET) $(RASA)/python -m bot.train $(DATA) $(if $(OUT),--out $(OUT)) $(if $(NAME),--name $(NAME)) $(if $(LENIENT),--lenient)

## ------------------------------------------------------------------ prove it

# what mostly waits for processes of its own to start, die and come back
PROCESSES := tests/chaos tests/handoff/processes

.PHONY: test test-python test-processes test-journeys test-rasa test-stories test-web chaos chaos-long
test: tools ## every test: both Pythons, the stories, the pages, real processes and a browser
	@$(MAKE) --no-print-directory --keep-going -j2 test-python test-rasa test-stories test-web test-journeys test-processes
	@$(MAKE) --no-print-directory chaos

test-python:
	$(BIN)/pytest -m "not long and not journey" $(addprefix --ignore=,$(PROCESSES))

test-processes:
	$(BIN)/pytest -m "not long" $(PROCESSES)

test-journeys:
	$(BIN)/pytest -m journey

test-rasa:
	$(RASA)/python -m pytest

test-stories: validate
	@ls tests/stories/test_*.yml >/dev/null # Rasa takes a folder without stories for a success
	$(QUIET) $(RASA)/python -m rasa test core --model var/models/frontdesk.tar.gz --stories tests/stories \
	  --out var/rasa-test --fail-on-prediction-errors --no-plot

test-web:
ifneq ($(HAS_NODE),)
	$(NPM) test
else
	@echo "Node.js is not here: the tests of web_widget/ are left out."
endif

# SEED=… plays a run again; without one a new seed is drawn and printed
CHAOS := $(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED))

chaos: ## kill, cut and freeze everything for three minutes, and prove that nothing is lost; SEED= plays it again
	$(CHAOS) --minutes 0.7 --cold
	$(CHAOS) --minutes 0.7 --database postgres

# on each database half of it with agents who pick and half with agents who are asked; figures in var/chaos/*.json
CHAOS_HALF := $(CHAOS) --kills 150 --accepted 50000 --minutes 600 --between 0.8 2.4 --kill-weight 12 \
  --customers 60 --agents 8 --think 0.2

chaos-long: ## 300 kills and 100,000 messages on SQLite and on Postgres, a million claims; about two hours
	$(CHAOS_HALF) --routing pick --json var/chaos/sqlite-pick.json
	$(CHAOS_HALF) --routing offer --json var/chaos/sqlite-offer.json
	$(CHAOS_HALF) --routing pick --database postgres --json var/chaos/postgres-pick.json
	$(CHAOS_HALF) --routing offer --database postgres --json var/chaos/postgres-offer.json
	$(CHAOS) --only stop_gateway --calm --minutes 2 --database postgres --customers 100 --resume-within 5
	$(CHAOS) --clock-jumps --minutes 2
	$(BIN)/pytest -m long
	$(BIN)/pytest -s tests/handoff/adapters/test_claims.py --claim-chats 20000
	$(BIN)/pytest -s tests/handoff/adapters/test_killed.py --kills 300

.PHONY: check static format lint types types-rasa types-web imports validate fresh fast
check: static fast ## what must hold before every commit, in a few minutes

static: tools ## style, types, imports, generated files, the assistant's data
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint imports types types-rasa types-web fresh validate

format: ## put the Python sources in form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lint: ## ruff, without changing anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

imports: ## who may import whom
	$(BIN)/lint-imports --cache-dir var/import-linter

types: ## mypy, strict
	$(BIN)/mypy

types-rasa: ## mypy in the assistant's environment
	$(RASA)/python -m mypy --config-file .ci/mypy-rasa.ini

types-web: ## tsc, strict
ifneq ($(HAS_NODE),)
	$(NPM) check
endif

validate: ## whether the assistant's data fit together
	$(QUIET) $(RASA)/python -m rasa data validate --fail-on-warnings --data bot/data

fresh: ## whether generated files are what their sources say
	$(BIN)/python -m handoff protocol --check
ifneq ($(HAS_NODE),)
	$(NPM) check-dist
endif

fast: ## the tests that need no server, no browser and no patience
	$(BIN)/pytest -q -m "not slow and not journey"
	$(RASA)/python -m pytest -q -m "not slow and not journey"

## ------------------------------------------------------------------ make what is generated

.PHONY: protocol web screenshots lock clean
protocol: ## write the TypeScript of the protocol and docs/protocol.md
	$(BIN)/python -m handoff protocol

web: ## build the pages into web_widget/dist
	npm --prefix web_widget ci --no-audit --no-fund
	$(NPM) build

screenshots: tools ## photograph every face into var/screenshots, light and dark, narrow and wide
	$(BIN)/python -m tests.journeys.screenshots var/screenshots
	$(NPM) shots -- $(CURDIR)/var/screenshots/widget

LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-header --no-annotate

# PyTorch and the CUDA packages that its newest builds ask for stay out; see handoff/demo/environments.py
NOT_LOCKED := torch triton cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti \
  nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver \
  nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx
NOT_EMITTED := $(addprefix --no-emit-package ,$(NOT_LOCKED))

lock: ## compile the lock files; UPGRADE=--upgrade moves to newer releases
	$(LOCK) $(UPGRADE) --python-version 3.11 $(NOT_EMITTED) -o requirements.lock pyproject.toml
	$(LOCK) $(UPGRADE) --python-version 3.11 $(NOT_EMITTED) -c requirements.lock --group dev -o requirements-dev.lock pyproject.toml
	# numpy: Rasa's own pin has a branch for a platform name that does not exist, and a resolver takes it
	echo 'numpy==1.23.5' | $(LOCK) $(UPGRADE) --python-version 3.10 --override /dev/stdin -o requirements-rasa.lock requirements-rasa.in

clean: ## forget everything that was built here; the environments stay
	rm -rf var .rasa .mypy_cache .ruff_cache .pytest_cache web_widget/node_modules
