# What a newcomer types. Every target sets up what it needs, once.

PYTHON ?= python3
# `make bundle PYTHON=3.12` names the Python of the machine that the bundle is for, not one of this machine
OWN_PYTHON := $(if $(filter 3.%,$(PYTHON)),python3,$(PYTHON))
ITS_PYTHON := $(if $(filter 3.%,$(PYTHON)),$(PYTHON),3.11)
PLATFORM ?= win_amd64
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# files of one name, which mypy takes for one module: each has a run of its own
CONFTESTS := $(wildcard tests/*/conftest.py)

.PHONY: demo till test quick check soak bench bundle catalogue pictures clean

demo: $(READY)  ## a sample town with its till open; as text where there is no terminal
	@$(BIN)/lizhi-pos demo

till: $(READY)  ## the till on your own database
	@$(BIN)/lizhi-pos till

test: $(READY)  ## every test, and how much of the program they run through
	$(BIN)/python -m pytest -n 3 --dist loadgroup --cov --cov-report=term

# the rules, the files and the books on SQLite, what commands answer, and the till's first steps: at most a minute
QUICK := tests/unit tests/exchange tests/db tests/printing \
	$(addprefix tests/cli/test_,commands.py commands_documented.py all_errors.py corrections.py) \
	$(addprefix tests/terminal/test_,scanner.py till_selling.py till_lines.py till_parts.py till_books.py)

quick: $(READY)  ## before each commit: a part of the tests that takes a minute, on SQLite alone
	$(BIN)/python -m pytest -n 3 --sqlite -m 'not soak and not slow' $(QUICK)

check: $(READY)  ## style, types, who may import whom, a domain without a screen
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	for each in $(CONFTESTS); do $(BIN)/mypy $$each || exit 1; done
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest tests/unit/test_headless.py

soak: $(READY)  ## faults again and again: SIGKILL, power cuts, full disks, bad files, spoilt input; prints what was lost
	$(BIN)/python -m pytest -n 2 --dist worksteal -m soak

bench: $(READY)  ## speed, as ratios measured in one run
	$(BIN)/python -m benchmarks

bundle: $(READY)  ## a folder for a stick that installs without a network: PLATFORM=win_amd64|manylinux_x86_64 PYTHON=3.11
	$(BIN)/python -m tools.bundle $(PLATFORM) --python $(ITS_PYTHON)

catalogue: $(READY)  ## gathers new sentences into the catalogues
	$(BIN)/pybabel -q extract -F babel.cfg -k message -k refuse:2 -k translate -k Argument:2 -k Command:2 --no-location --sort-output -o $(VENV)/lizhi_pos.pot src
	$(BIN)/pybabel -q update -i $(VENV)/lizhi_pos.pot -d src/lizhi_pos/i18n/locale -D lizhi_pos --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -N

pictures: $(READY)  ## draws the README's pictures anew
	$(BIN)/python docs/pictures/draw.py

$(READY): pyproject.toml constraints.txt hatch_build.py $(wildcard src/lizhi_pos/i18n/locale/*/LC_MESSAGES/*.po)
	test -x $(BIN)/python || $(OWN_PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,check]'
	touch $@

clean:
	rm -rf $(VENV) build dist
