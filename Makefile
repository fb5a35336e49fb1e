# Two commands for a newcomer: `make serve` and `make test`. Everything else is named in CONTRIBUTING.md.
PYTHON ?= python3
BIN := .venv/bin
HOME_DIR ?= var
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: serve test test-slow lint bench assets fonts bundle lock columns pictures clean

# An environment holds exactly what its lock names, each file checked by hash.
.venv/.runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "compiling inner loops, once: about half a minute / 编译计算内核（仅此一次），约半分钟"
	$(BIN)/python -m geo.demo.warm_up
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

serve: .venv/.runtime
	@test -e $(HOME_DIR)/CURRENT || $(BIN)/gridscope demo --home $(HOME_DIR)
	@$(BIN)/gridscope serve --home $(HOME_DIR) --host $(HOST) --port $(PORT)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: lint
	sh tests/browser/install.sh
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --durations=10

test-slow: .venv/.dev
	sh tests/browser/install.sh
	$(BIN)/python -m pytest -m slow -n 2 --dist loadfile --durations=10

bench: .venv/.dev
	for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file $(BENCH_FLAGS) || exit 1; done

# Needs Node.js; users do not: the bundle is in git and its manifest is tested.
assets:
	cd webmap/static/src && npm ci --silent && node build.mjs

# Cuts the typeface of printed pages anew; needs npm. The fonts are in git, and their hashes are tested.
fonts: .venv/.dev
	rm -rf build/fonts && mkdir -p build/fonts
	cd build/fonts && tar -xzf "$$(npm pack --silent @expo-google-fonts/noto-sans-sc@0.4.3)"
	$(BIN)/python .ci/cut_fonts.py build/fonts/package webmap/paper/fonts

lock: .venv/.dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --generate-hashes --no-strip-extras --python-version 3.11 --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-strip-extras --python-version 3.11 --no-emit-index-url --no-header --extra build --extra dev --extra bench pyproject.toml -o requirements-dev.lock

bundle: .venv/.runtime
	sh .ci/bundle

# The README's pictures, of the full demo.
pictures: .venv/.dev
	@test -e $(HOME_DIR)/CURRENT || $(BIN)/gridscope demo --home $(HOME_DIR)
	$(BIN)/python -m tests.browser.pictures $(HOME_DIR) docs

columns: .venv/.runtime
	$(BIN)/python -m geo.schema.reference README.md

clean:
	rm -rf .venv build dist var
