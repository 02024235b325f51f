# Every target installs what it needs first, and nothing twice.
#
#   make demo      start a complete platform with seeded accounts; options: make demo ARGS="--port 9000"
#   make setup     install Grantway into .venv
#   make check     format, lint, types, imports, architecture and documentation
#   make test      the checks, every test, and published clients
#   make test-clients  published clients against a demo; some of them: make test-clients ARGS="yzel"
#   make test-widgets  widgets of other people against a demo: make test-widgets ARGS=FOLDER
#   make fuzz      send generated requests to every operation of the API; more: make fuzz ARGS="--requests 100000"
#   make bench     measure, and write the tables in docs/benchmarks
#   make format    format the code and mend what the linter can mend
#   make lock      resolve the lock files again; newest versions: make lock UPGRADE=1
#   make clean     remove everything that is installed or built

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

# What starts browsers or several processes runs by itself, so that it is not slowed by the others,
# and each kind in a process of its own: a browser's event loop stays there until the end.
SERIAL := $(wildcard tests/browser tests/concurrency)
CHECKED := $(wildcard tests/architecture tests/docs)

.PHONY: demo setup setup-dev check test test-clients test-widgets fuzz bench format lock clean python parts

demo: setup
	@exec $(BIN)/grantway demo $(ARGS)

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "$(PYTHON) was not found. Grantway needs Python 3.11 or newer, on Debian and Ubuntu: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Grantway needs Python 3.11 or newer, and $(PYTHON) is older. With another one installed: make PYTHON=python3.12 ..." >&2; exit 1; }

setup: python
	@$(PYTHON) tools/install.py runtime

setup-dev: python
	@$(PYTHON) tools/install.py dev

parts: python
	@$(PYTHON) tools/system_parts.py tests

check: parts setup-dev
	$(BIN)/ruff format --check --output-format concise .
	$(BIN)/ruff check --output-format concise .
	$(BIN)/mypy src tests tools $(wildcard benchmarks examples)
	$(BIN)/lint-imports --no-cache
	npm run check --prefix websdk
	$(PYTEST) -q $(CHECKED)

test: check
	$(PYTEST) -n 2 src/grantway tools tests $(addprefix --ignore=,$(CHECKED) $(SERIAL))
	$(foreach folder,$(SERIAL),$(PYTEST) $(folder) && )true
	npm test --prefix frontend --if-present
	npm test --prefix websdk
	$(BIN)/python -m tests.clients

test-clients: parts setup-dev
	$(BIN)/python -m tests.clients $(ARGS)

test-widgets: parts setup-dev
	$(BIN)/python -m tests.conformance.real_widgets $(ARGS)

fuzz: parts setup-dev
	$(BIN)/python -m tests.generated $(ARGS)

bench: python
	@$(PYTHON) tools/install.py bench
	@$(PYTHON) tools/system_parts.py bench
	$(BIN)/python -m benchmarks $(ARGS)

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup-dev
	@$(PYTHON) tools/locks.py $(if $(UPGRADE),--upgrade)

clean:
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache frontend/node_modules websdk/node_modules benchmarks/peers/node_modules src/grantway/web/assets/vendor src/grantway/web/assets/websdk src/grantway/web/public/built
