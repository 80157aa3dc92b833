# Two commands: "make demo" and "make test". The rest is what they are made of.

export DEMO := 1
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -q -rs

.PHONY: help demo test check unit services browser faults rush pictures bench lint lock messages clean
.SILENT:

help:
	echo 'make demo                          the reference event, on now, at http://127.0.0.1:8000/'
	echo 'make demo MOMENT="day2 10:15"      the same event at another moment'
	echo 'make demo MOMENT="registration"    the same event while places fill'
	echo 'make demo MOMENT="premiere"        the same event shortly before the greeting starts for all'
	echo 'make demo PORT=8001                at another port'
	echo 'make test                          everything that the continuous integration runs'
	echo 'make bench                         what a chat message costs, here and elsewhere; 15 minutes'
	echo 'make faults                        20,000 messages while everything breaks; SEED=7 repeats'
	echo 'make rush                          2,000 people for 300 places, on both databases'
	echo 'make lint                          tidy the code and its imports'
	echo 'make messages                      collect the texts to translate'
	echo 'make lock                          pin the newest dependencies that pyproject.toml allows'
	echo 'make pictures                      take the pictures of the documents anew'
	echo 'make clean                         forget the demo, with its data'

demo: .venv/installed node_modules/installed catalogues
	exec $(BIN)/python manage.py demo --moment "$$MOMENT" --port "$${PORT:-8000}"

# What checks and what waits for services share two cores well; what they need comes first.
test: .venv/installed-dev node_modules/installed catalogues
	$(MAKE) --jobs=2 --output-sync=target check services
	$(MAKE) unit
	$(MAKE) browser

check: .venv/installed-dev node_modules/installed catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy conference chat marketplace
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PYTEST) tests/catalogues.py

unit: .venv/installed-dev node_modules/installed catalogues
	$(PYTEST) -m "not browser" -n 2 --dist loadscope

services: .venv/installed-dev node_modules/installed catalogues
	$(BIN)/python -m tests.services $(PYTEST) -m services

browser: .venv/installed-dev node_modules/installed catalogues
	$(PYTEST) -m browser -n 2 --dist loadscope

# About ten minutes. A short run of it is among the unit tests.
faults: .venv/installed-dev node_modules/installed catalogues
	MESSAGES=$(or $(MESSAGES),20000) SEED=$(SEED) $(PYTEST) -s tests/faults

# Two thousand people for three hundred places, on both databases; some minutes.
rush: .venv/installed-dev node_modules/installed catalogues
	RUSH=$(or $(RUSH),2000) LIVES=300 $(PYTEST) -s $(RUSHES)
	RUSH=$(or $(RUSH),2000) LIVES=300 $(BIN)/python -m tests.services $(PYTEST) -s $(RUSHES)

RUSHES := tests/conference/test_rush.py tests/conference/test_life_of_places.py

# Alone on the machine. With nginx-light and libnginx-mod-nchan from apt it has one rival more.
bench: .venv/installed-dev node_modules/installed catalogues
	$(BIN)/python -W ignore -m tests.benchmarks.bench $(if $(ONLY),--only $(ONLY))

lint: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs GNU gettext. What is new in German is then yours to translate.
messages: .venv/installed-dev
	$(BIN)/python manage.py makemessages -l de -l en --no-location --no-wrap --no-obsolete \
		-i node_modules -i .venv -i var
	msgattrib --empty --clear-fuzzy --no-wrap -o locale/en/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po
	msgen --no-wrap -o locale/en/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po

lock: .venv/installed-dev
	$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --upgrade $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --upgrade --group dev $(LOCK) -o requirements-dev.txt
	npm update --package-lock-only

LOCK := --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock"

# What README.md and docs/ show, taken from the demo.
pictures: .venv/installed-dev node_modules/installed catalogues
	$(BIN)/python -m tests.browser.pictures

clean:
	rm -rf var

# -- what they need

.venv/bin/python:
	for python in python3.14 python3.13 python3.12 python3 python; do \
		if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
			exec $$python -m venv .venv; \
		fi; \
	done; \
	echo 'Fachtag needs Python 3.12 or newer with its venv module, and found none. Install it, for example with "apt install python3-venv" or from https://www.python.org/downloads/.' >&2; \
	exit 1

.venv/installed: requirements.txt | .venv/bin/python node_modules/installed
	echo 'Installing the Python packages …'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt | .venv/bin/python node_modules/installed
	echo 'Installing the Python packages for developers …'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

node_modules/installed: package-lock.json
	if ! node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
		echo 'Fachtag needs Node.js 20 or newer with npm, and found none. Install it, for example from https://nodejs.org/.' >&2; \
		exit 1; \
	fi
	echo 'Installing the front-end packages …'
	npm ci --silent
	touch $@

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

.PHONY: catalogues
catalogues: $(CATALOGUES)

%.mo: %.po | .venv/bin/python
	$(BIN)/pybabel --quiet compile -i $< -o $@
