"""Compiles every inner loop that a build or a page runs: `python -m geo.demo.warm_up` builds the smallest demo once.

numba keeps what it compiled beside the files of the program, so a first build and a first page need not wait for it.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from geo.demo.sources import write_sources
from geo.desk import Desk
from geo.jobs import run_build, run_import


def warm_up() -> None:
    """Writes, imports and builds the small demo in a temporary folder, and opens it as the service would."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        mapping = write_sources(home / "sources", size="small")
        run_import(home, mapping, mapping.parent)
        run_build(home)
        Desk(home).warm_up("analyst")


if __name__ == "__main__":
    warm_up()
