# Everything a person needs, on a machine with git, make and Python 3.11 or later. Each target does its own set-up.
#   make demo       a sample clinic: import, worklist, next checks, CSV summary
#   make test       all tests
#   make check      lint, format, types, import arrows, careless lines, known advisories, documents in step
#   make bench      measurements        make coverage   which lines the tests reach
#   make docs       write docs/rules, docs/commands.md and docs/who-may-do-what.md    make mutants    do the tests notice a changed comparison?
#   make clean      remove everything that make made
# PYTHON=... chooses the interpreter for the environment in .venv.

SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

# The first Python 3.11 or later on the path, unless PYTHON is given.
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for it in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$it" -c '$(ENOUGH)' >/dev/null 2>&1 && { echo "$$it"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

# The environment is made anew when its interpreter is gone, when the folder was moved or when another PYTHON is asked for.
MADE_FOR := $(PYTHON) $(CURDIR)
ifneq ($(shell cat $(VENV)/made-for 2>/dev/null; $(BIN)/python -c '$(ENOUGH)' 2>/dev/null || echo broken),$(MADE_FOR))
$(VENV)/made-for: FORCE
endif

.PHONY: demo test check bench coverage docs mutants clean FORCE

demo: $(VENV)/installed
	@$(BIN)/python -m labtrack demo

# Most tests wait for the disk: two workers a core, who take work from each other (the slow tests stand together), and files in memory
# where there is room for them.
WORKERS := $(shell echo $$((2 * $$(nproc 2>/dev/null || echo 2))))
TEMPORARY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')

test: $(VENV)/installed-dev
	$(if $(TEMPORARY),PYTEST_DEBUG_TEMPROOT=$(TEMPORARY)) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy --strict
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src migrations 2>/dev/null
	$(BIN)/python tests/advisories.py
	$(BIN)/python -m pytest -q tests/test_docs.py tests/test_layout.py tests/rules/test_pages.py tests/cli/test_manual.py tests/clinic/test_access.py

bench: $(VENV)/installed-bench
	$(BIN)/python -m benchmarks

coverage: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto --cov --cov-report=term --cov-report=html

docs: $(VENV)/installed-dev
	$(BIN)/python -m labtrack.rules.pages docs/rules
	$(BIN)/python -m labtrack.cli.manual docs/commands.md
	$(BIN)/python -m labtrack.clinic.access docs/who-may-do-what.md

mutants: $(VENV)/installed-dev
	$(BIN)/python tests/mutants.py src/labtrack/rules --tests 'tests/rules/test_{}.py' tests/rules

clean:
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks migrations -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(VENV)/made-for:
	@test -n "$(PYTHON)" || { echo "labtrack needs Python 3.11 or later; none was found. Install one, or say: make PYTHON=/path/to/python" >&2; exit 3; }
	@"$(PYTHON)" -c '$(ENOUGH)' || { echo "labtrack needs Python 3.11 or later; $(PYTHON) is older. Say: make PYTHON=/path/to/python" >&2; exit 3; }
	@echo "making the environment in $(VENV) (once) ..."
	@rm -rf $(VENV)
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 3; }
	@printf '%s\n' '$(MADE_FOR)' >$@

$(VENV)/installed: $(VENV)/made-for pyproject.toml
	@echo "installing labtrack ..."
	@$(PIP) install --editable '.[exchange]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/made-for pyproject.toml
	@echo "installing labtrack and its development tools ..."
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-bench: $(VENV)/installed-dev
	@echo "installing the engines to compare with ..."
	@$(PIP) install --editable '.[dev,bench]'
	@touch $@

FORCE:
