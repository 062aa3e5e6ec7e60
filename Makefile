# Everything here needs only Python 3.11 or newer with its headers, make and a C++ compiler.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# hnswlib ships source: built for every processor of this kind, not for this very one.
export HNSWLIB_NO_NATIVE := 1

.PHONY: run deploy test test-parts test-whole test-slow test-cluster fuzz check format audit bench chaos requirements clean

run: $(VENV)/installed
	@$(BIN)/python -m launcher

# make deploy ARGS="--watch 300"; ARGS=--back takes the version before.
# It installs packages itself: not before it knows that what runs can go on with them.
deploy: | $(VENV)/bin/python
	@$(BIN)/python -m scripts.deploy $(ARGS)

# Two halves at a time: each waits for most of what it does.
test: $(VENV)/installed-dev
	@$(MAKE) --no-print-directory --jobs 2 test-parts test-whole

# Everything that needs no running installation.
test-parts: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m "not slow and not cluster and not machines"

# On one installation, with Ray.
test-whole: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m "not slow and cluster" tests/cluster

test-slow: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m slow --timeout 1200

test-cluster: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m machines -rs --capture no

# make fuzz CASES=100000 SEED=1
fuzz: $(VENV)/installed-dev
	$(BIN)/python -m pytest tests/fuzz --fuzz-cases $(or $(CASES),100000) --hypothesis-seed $(or $(SEED),1) \
		--timeout 0 --show-capture no --durations 0

check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Known faults of what is installed, by the advisory service that pip-audit asks.
# Whatever it cannot be asked about is a failure, too.
audit: $(VENV)/audit/bin/pip-audit
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.txt

$(VENV)/audit/bin/pip-audit: | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit

# make bench CUSTOMERS=50 SECONDS=20
bench: $(VENV)/installed-dev
	$(BIN)/python -m scripts.bench $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(SECONDS),--seconds $(SECONDS))

# make chaos SEED=7 CUSTOMERS=1000 KILLS=none; KILLS="HAProxy,delivery actor" kills those alone
chaos: $(VENV)/installed-dev
	$(BIN)/python -m scripts.chaos $(if $(SEED),--seed $(SEED)) $(if $(CUSTOMERS),--customers $(CUSTOMERS)) \
		$(if $(MESSAGES),--messages $(MESSAGES)) $(if $(AT_ONCE),--at-once $(AT_ONCE)) $(if $(KILLS),--kills "$(KILLS)")

# After a change of pyproject.toml. Needs uv, and nothing else does.
requirements:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --group dev -c requirements.txt pyproject.toml \
		-o requirements-dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Shopkeep needs Python 3.11 or newer; set PYTHON=..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# A stamp remembers what was installed; a changed list of requirements installs again.
$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/installed
