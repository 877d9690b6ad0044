# Two commands do everything on a fresh Debian or Ubuntu machine with Python 3.11 or newer:
#   make run    environment, sample estate, a real measured AI run, scores, dashboard (NO_SERVE=1 stops after the table)
#   make test   everything the suite needs, then the whole suite

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
FRAMEWORKS ?= .venv-frameworks
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
PORT ?= 8050
# The demonstration keeps its state in the checkout, apart from yours.
run: export FOOTPRINT_HOME := $(CURDIR)/.footprint

.PHONY: run test test-frameworks lint check-types check-arrows pytest coverage system-packages bench clean

run: $(VENV)/.run-ready
	@$(BIN)/footprint demo --port $(PORT) $(if $(filter-out 0,$(NO_SERVE)),--no-serve)

test: $(VENV)/.test-ready system-packages lint check-types check-arrows pytest

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-types:
	$(BIN)/mypy

check-arrows:
	$(BIN)/lint-imports

# A file goes whole to one worker: what it shares (a browser, a PostgreSQL, a Spark session) is made once.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

pytest:
	$(PYTEST)

# A third longer than the suite alone, so apart from it.
coverage: $(VENV)/.test-ready system-packages
	$(PYTEST) --cov --cov-report=term

# Integrations with the libraries themselves, in an environment of their own (1.7 GB).
# torch for the processor alone: TORCH_INDEX=https://download.pytorch.org/whl/cpu where pip would take CUDA's.
test-frameworks: $(FRAMEWORKS)/.ready
	$(FRAMEWORKS)/bin/pytest -q -p no:cacheprovider tests/integrations/frameworks

$(FRAMEWORKS)/.ready: tests/integrations/frameworks.txt pyproject.toml
	@echo "→ torch, transformers, lightning, keras, mlflow… ($(FRAMEWORKS))"
	@$(PYTHON) -m venv $(FRAMEWORKS)
	@$(FRAMEWORKS)/bin/python -m pip install -qq --disable-pip-version-check \
	  $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) -r tests/integrations/frameworks.txt $(if $(TENSORFLOW),tensorflow-cpu) -e .
	@touch $@

bench: $(VENV)/.test-ready
	$(BIN)/python benchmarks/recorder.py
	$(BIN)/python benchmarks/agent.py
	$(BIN)/python benchmarks/power_model.py benchmarks/power_model_synthetic.csv
	$(BIN)/python benchmarks/assess.py

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire / Python 3.11 or newer is needed"; exit 1; }
	@echo "→ environnement / environment ($(PYTHON))"
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$(basename $(PYTHON))-venv; \
	    $(PYTHON) -m venv $(VENV); \
	  else \
	    echo "Le module venv manque : installez python3-venv / the venv module is missing: install python3-venv"; exit 1; \
	  fi; }

$(VENV)/.run-ready: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "→ installation (une à deux minutes la première fois / one to two minutes the first time)"
	@$(PIP) -e '.[server,codecarbon,reports,demo]'
	@touch $@

$(VENV)/.test-ready: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "→ installation"
	@$(PIP) -e '.[server,codecarbon,reports,llm,demo,postgres,spark,dev]'
	@touch $@ $(VENV)/.run-ready

# A browser, Java for Spark and PostgreSQL: where we are not root, what they serve is skipped, and says so.
system-packages:
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || missing="$$missing postgresql"; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "→$$missing"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	else \
	  echo "!! il manque$$missing : les essais qui s’en servent seront sautés (voir docs/developper.md)"; \
	  echo "!!$$missing missing: the tests that need them will be skipped"; \
	fi

clean:
	rm -rf $(VENV) $(FRAMEWORKS) .bench .footprint .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
