#!/bin/sh
# Installs gridscope into ./.venv beside this file from the wheels beside it. Needs Python with venv, no network.
set -eu
cd "$(dirname "$0")"
python="${PYTHON:-python3}"
ours=$("$python" -c 'import platform, sys; print(f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}")')
if [ "$ours" != "$(cat platform)" ]; then
    echo "This bundle is for Python $(cat platform); $python is $ours. Name another: PYTHON=/path/to/python ./install.sh" >&2
    exit 1
fi
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels --require-hashes \
    -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps wheels/gridscope-*.whl
echo "Compiling inner loops, once: about half a minute."
.venv/bin/python -m geo.demo.warm_up
echo "Installed. Start it with:"
echo "  $(pwd)/.venv/bin/gridscope demo && $(pwd)/.venv/bin/gridscope serve"
