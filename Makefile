# The two commands: `make run` and `make test`. Everything else is for whoever works on the code.
PYTHON ?= python3.11
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8600
BIN := $(VENV)/bin

.PHONY: run test install install-test install-train lint format types unit clean

run: install
	$(BIN)/nlp-service db migrate
	$(BIN)/nlp-service samples load || [ $$? -eq 1 ]  # 1: a model is missing; the other door still opens
	$(BIN)/nlp-service serve --host $(HOST) --port $(PORT)

test: install-test lint types unit

install: $(VENV)/.installed
install-test: $(VENV)/.installed-test
install-train: $(VENV)/.installed-train

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "needs Python 3.11: install it or say make PYTHON=..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[test]'
	touch $@

$(VENV)/.installed-train: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[train]'
	touch $@

lint: install-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: install-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: install-test
	$(BIN)/mypy

unit: install-test
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
