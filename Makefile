# Two commands need nothing first: `make demo` and `make test`. Each sets up .venv from the lock file once.
PYTHON ?= python3
VENV := .venv
BENCH := .venv-bench
BIN := $(VENV)/bin
# The stamp carries the lock's checksum, so a second call installs nothing and a changed lock installs again.
# uv unpacks the 190 locked packages in seconds where pip takes a minute; it comes from PyPI with its own hash. Their
# byte code is written once: without it each start of Prefect in the tests takes 7 s instead of 2.5.
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps
STAMP := $(VENV)/.installed-$(shell cat deploy/requirements.lock pyproject.toml | cksum | cut -d' ' -f1)

COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --no-annotate --no-header --quiet

.PHONY: setup demo test check lock bench bench-text clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup: $(STAMP)

$(STAMP):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/installer.lock
	$(INSTALL) --compile-bytecode --require-hashes -r deploy/requirements.lock
	$(INSTALL) --no-build-isolation --editable .
	@rm -f $(VENV)/.installed-*
	@touch $@

demo: setup ## a damaged replica site, collected, archived, repaired and explained (loopback only)
	@$(BIN)/python tests/demo.py

test: setup ## every test, with the servers they need started here
	$(BIN)/python -m pytest -n auto --dist loadfile

check: setup ## lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## storage, crawling, families, scale-out and Prefect: figures and ratios, on loopback
	for part in storage crawl families prefect scale; do $(BIN)/python tests/bench_$$part.py || exit 1; done

bench-text: $(BENCH)/.installed ## the text work beside other tools (needs ../shared/corpus; PARTS="decode extract …")
	$(BENCH)/bin/python tests/bench_text.py $(PARTS)

# The other tools of the text benchmark, kept out of .venv: none of them is part of the product.
$(BENCH)/.installed: setup deploy/bench.lock
	$(PYTHON) -m venv $(BENCH)
	$(BIN)/uv pip install --quiet --python $(BENCH)/bin/python --no-deps --require-hashes -r deploy/bench.lock
	$(BIN)/uv pip install --quiet --python $(BENCH)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## write the lock files anew from pyproject.toml (needs uv)
	$(COMPILE) --extra test --extra dask -o deploy/requirements.lock
	$(COMPILE) --extra dask -c deploy/requirements.lock -o deploy/runtime.lock
	$(COMPILE) --extra bench --extra test -c deploy/requirements.lock -o deploy/bench.lock

clean: ## remove what the targets made
	rm -rf $(VENV) $(BENCH) archive build
