# make run     on a fresh machine: environment, database, content; then serves on PORT (8000)
# make quick   tests on SQLite, without a browser
# make test    on a fresh machine: the tests that show the product works, on both databases and in a browser
# make test-all   every test, on both databases, and every page state in the browser
# make check   what must hold before a commit, beside the tests
# make crosscheck   statistics against those of pingouin, in an environment of its own
# DATA_DIR (var/) holds the database, the secret key and the first administrator's password.

.PHONY: run quick test test-all check crosscheck screenshots
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

run: .venv/.with-requirements
	@PLAIN_HTTP=1 exec .venv/bin/python manage.py serve

test: $(DEV)
	@exec .venv/bin/python -m tests $(ARGS)

test-all: $(DEV)
	@exec .venv/bin/python -m tests --select all $(ARGS)

quick: $(DEV)
	@exec .venv/bin/python -m tests --select quick $(ARGS)

check: $(DEV)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/python -W error manage.py makemigrations --check --dry-run
	PLAIN_HTTP=0 .venv/bin/python -W error manage.py check --deploy --fail-level WARNING

crosscheck: .venv-crosscheck/.with-requirements
	@exec .venv-crosscheck/bin/python -m pytest tests/crosscheck $(ARGS)

screenshots: $(DEV)
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
