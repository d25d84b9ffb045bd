# A new user needs two: `make demo` and `make test`. Everything else is `perpetual --help`.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PERPETUAL := $(RUN) -m perpetual
# `make demo PORT=8010`: the API's port.
LISTENS = $(if $(PORT),--port $(PORT))

.DEFAULT_GOAL := help
.PHONY: help demo up down reset bench faults check test format histories mutants

help:  ## Show what can be made
	@echo "make TARGET [PORT=…] [ARGS='…'] [PYTHON=…]; what a command takes: $(PERPETUAL) demo --help"; echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name does; do \
	  printf '%-18s %s\n' "$$name" "$$does"; done

demo: $(VENV)/installed  ## Start everything and run a year's orders of the demo company
	@$(PERPETUAL) demo $(LISTENS) $(ARGS)

up: $(VENV)/installed  ## Start everything, without demo data
	@$(PERPETUAL) up $(LISTENS) $(ARGS)

down: $(VENV)/installed  ## Stop everything
	@$(PERPETUAL) down $(ARGS)

reset: $(VENV)/installed  ## Stop everything and delete all data; asks first
	@$(PERPETUAL) reset $(ARGS)

bench: $(VENV)/installed  ## Measure orders and purchases beside this machine's limits
	@$(PERPETUAL) bench $(ARGS)

faults: $(VENV)/installed  ## Kill everything again and again under 20,000 orders, and count; takes long
	@$(RUN) -m tests.faults.run $(ARGS)

check: $(VENV)/installed  ## Format, lint, types and import contracts
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

# Where Python is told to write no bytecode, each run of a process and each program that a test starts would
# compile its modules anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: export PYTHONPYCACHEPREFIX := $(CURDIR)/.pytest_cache/bytecode
test: check  ## Everything that CI runs
	$(RUN) -m pytest $(ARGS)

format: $(VENV)/installed  ## Format the code
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

histories: $(VENV)/installed  ## Record the histories of the replay gate anew, or ARGS='WAY …' only
	@$(RUN) -m tests.histories.record $(ARGS)

mutants: $(VENV)/installed  ## Make small mistakes on purpose, and count those that no test notices; takes an hour
	@$(RUN) -m tests.mutants.run $(ARGS)

$(VENV)/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Perpetual needs Python 3.11 or later; say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "This Python has no venv module: install it (on Debian: apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@# The command on the path of the environment: it runs what is here, and nothing is fetched for it.
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/bin/python" -m perpetual "$$@"\n' "$(CURDIR)" "$(CURDIR)/$(VENV)" \
	  > $(VENV)/bin/perpetual
	@chmod +x $(VENV)/bin/perpetual
	@touch $@
