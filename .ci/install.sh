#!/bin/sh
# Installs gridscope into ./.venv beside this file from the wheels beside it. Needs Python 3.11 with venv, no network.
set -eu
cd "$(dirname "$0")"
python="${PYTHON:-python3}"
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels --require-hashes \
    -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps wheels/gridscope-*.whl
.venv/bin/python -c "from geo.tiles.encode import warm_up; warm_up()"
echo "Installed. Start it with:"
echo "  $(pwd)/.venv/bin/gridscope demo && $(pwd)/.venv/bin/gridscope serve"
