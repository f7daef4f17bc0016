# DATA_DIR (var/) holds the database, the secret key and the first administrator's password.
# On a fresh machine every target makes its environment first. What follows ## is what `make` alone prints.

.DEFAULT_GOAL := help
.PHONY: help run dev test test-all quick check crosscheck drill bench try-deploy licenses sbom screenshots
SHELL := /bin/sh

# A candidate is tried by running it: a version manager's stand-in may exist and fail.
FIND_PYTHON = for python in $${PYTHON:-} python3.13 python3.12 python3.11 python3; do \
	  "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	    >/dev/null 2>&1 && { echo "$$python"; exit 0; }; \
	done; \
	echo "No usable Python: 3.11 or newer with venv is needed (Debian: apt-get install python3-venv)." >&2; \
	exit 1
INSTALL = -m pip install --quiet --disable-pip-version-check --require-hashes
PIP = .venv/bin/python $(INSTALL)
DEV = .venv/.with-requirements-dev

help: ## print these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.with-requirements ## prepare environment, database and content, then serve on PORT (8000)
	@PLAIN_HTTP=1 exec .venv/bin/python manage.py serve

dev: $(DEV) ## serve the same site for development: reloads on save
	@DEBUG=1 exec .venv/bin/python manage.py dev

test: $(DEV) ## run the tests that show the product works: both databases, and the browser
	@exec .venv/bin/python -m tests $(ARGS)

test-all: $(DEV) ## run every test on both databases, and every page state in the browser
	@exec .venv/bin/python -m tests --select all $(ARGS)

quick: $(DEV) ## run the tests on SQLite, without a browser, a server or a slow test
	@exec .venv/bin/python -m tests --select quick $(ARGS)

check: $(DEV) ## check format, lint, types, migrations and deployment settings
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/djhtml --check --tabwidth 2 templates
	.venv/bin/mypy
	.venv/bin/python -W error manage.py makemigrations --check --dry-run
	PLAIN_HTTP=0 .venv/bin/python -W error manage.py check --deploy --fail-level WARNING

drill: $(DEV) ## try what the site promises, with faults made on purpose, on both databases (LONG=1: longer)
	@exec .venv/bin/python -m drills $(if $(LONG),--long) $(ARGS)

try-deploy: $(DEV) ## install the site in every documented way, and take the quiz there (ARGS=wheel: only that one)
	@exec .venv/bin/python -m deploy $(ARGS)

bench: $(DEV) ## measure a visit next to the least Django app (ARGS=--help lists parts and sizes)
	@exec .venv/bin/python -m benchmarks $(ARGS)

crosscheck: .venv-crosscheck/.with-requirements ## compare statistics with pingouin, in its own environment
	@exec .venv-crosscheck/bin/python -m pytest tests/crosscheck $(ARGS)

sbom: .venv/.with-requirements ## print what the site is built from (CycloneDX, JSON)
	@.venv/bin/python -m docs.packages

licenses: .venv/.with-requirements ## print the license of each package
	@.venv/bin/python -m docs.packages --licenses

screenshots: $(DEV) ## take every page and state as a picture
	.venv/bin/python -m tests.browser.gallery $(ARGS)

.venv/bin/python:
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv .venv

.venv/.with-requirements: requirements.txt | .venv/bin/python
	@$(PIP) -r requirements.txt
	@touch $@

# The development requirements hold the runtime ones too.
$(DEV): requirements-dev.txt | .venv/bin/python
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/.with-requirements

# Compiled as it is imported: most of it never is, and compiling it all takes twice as long as the rest.
.venv-crosscheck/.with-requirements: requirements-crosscheck.txt
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv .venv-crosscheck
	@.venv-crosscheck/bin/python $(INSTALL) --no-compile -r requirements-crosscheck.txt
	@touch $@
