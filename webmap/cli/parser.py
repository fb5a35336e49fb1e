"""What `gridscope` understands."""

import argparse
from collections.abc import Callable
from pathlib import Path

from geo.schema import RESULTS
from geo.schema.column import READING_ROLES
from geo.snapshot.export import FORMATS
from geo.snapshot.refused import OWNERS_FORMATS
from webmap.cli import fill, hand_out, intake, keep, look
from webmap.paper import DESKS

Run = Callable[[argparse.Namespace], int | None]


def make_parser() -> argparse.ArgumentParser:
    """The parser; each command's function stands in `run` of what it returns."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", type=Path, default=Path("var"), metavar="DIR", help="records and snapshots (./var)")
    common.add_argument("--lang", choices=("en", "zh"), help="language of messages (from the locale)")
    parser = argparse.ArgumentParser(prog="gridscope", description="Camera coverage and incident hotspots on a map.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[common], help=text, description=text)
        command.set_defaults(run=run)
        return command

    _add_filling(add)
    _add_looking(add)
    _add_keeping(add)
    return parser


Add = Callable[[str, Run, str], argparse.ArgumentParser]


def _n_rows(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _role(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument("--role", choices=READING_ROLES, default=default, help=f"what may be seen ({default})")


def _add_filling(add: Add) -> None:
    demo = add("demo", fill.demo, "write the demo as source files, import and build it")
    demo.add_argument("--seed", type=int, default=1, help="moves everything but the borders (1)")
    sizes = ("full", "part", "small")
    demo.add_argument("--size", choices=sizes, default="full", help="part: two counties; small: the High-tech Zone")
    imports = add("import", fill.import_sources, "read the sources that a mapping names into the records")
    imports.add_argument("mapping", type=Path, metavar="MAPPING.toml")
    imports.add_argument("--data", type=Path, metavar="DIR", help="where the source files lie (beside the mapping)")
    back = add("rollback", intake.roll_back, "put every source that an import changed back to how it was before it")
    back.add_argument("id", type=_n_rows, metavar="ID", help="number of the import, as gridscope imports lists it")
    build = add("build", fill.build, "make a snapshot of the records and publish it")
    build.add_argument("--as-of", metavar="T", help="moment at which open cases count (latest time in the records)")
    serve = add("serve", fill.serve, "serve the maps")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument(
        "--trusted", action="append", default=[], metavar="NAME", help="further host name of the service"
    )
    _role(serve, "analyst")
    worker = add("worker", fill.worker, "run imports and builds that others ask for")
    worker.add_argument("--once", action="store_true", help="end when no job waits")


def _add_looking(add: Add) -> None:
    table = add("table", hand_out.table, "print or write a table of the snapshot")
    table.add_argument("name", choices=tuple(RESULTS), metavar="NAME", help=", ".join(RESULTS))
    table.add_argument("--level", help="level of units (the finest)")
    table.add_argument("--within", metavar="CODE", help="only units inside this one")
    table.add_argument("--at", type=float, metavar="PX_PER_M", help="pixel density of coverage, px/m")
    table.add_argument("--format", choices=tuple(FORMATS), default="csv")
    table.add_argument("--out", type=Path, metavar="FILE", help="write here (stdout, for CSV)")
    _role(table, "analyst")
    assign = add("assign", hand_out.assign, "add to each row of a CSV or Parquet file the units it lies in")
    assign.add_argument("points", type=Path, metavar="POINTS")
    assign.add_argument("--x", required=True, metavar="COL")
    assign.add_argument("--y", required=True, metavar="COL")
    assign.add_argument("--crs", required=True, metavar="CRS", help="for instance EPSG:4326")
    assign.add_argument("--out", type=Path, required=True, metavar="FILE")
    drawn = add("map", hand_out.map_file, "write the map as one file that needs no service")
    drawn.add_argument("--out", type=Path, required=True, metavar="FILE.html")
    _role(drawn, "leader")
    printed = add("print", hand_out.print_desk, "write a desk's A4 page as a PDF")
    printed.add_argument("desk", choices=DESKS, metavar="DESK", help=", ".join(DESKS))
    printed.add_argument("--query", default="", metavar="QUERY", help="what stands after the ? of the desk's address")
    printed.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    _role(printed, "leader")
    check = add(
        "check", look.check, "show what was read, joined and refused; exit 1 where the snapshot does not balance"
    )
    check.add_argument("--role", choices=("analyst", "editor"), default="analyst", help="editor: also refused rows")
    add("snapshots", look.snapshots, "list the snapshots")
    listed = add("imports", intake.imports, "list imports and roll backs, newest first")
    listed.add_argument("--limit", type=_n_rows, default=100, metavar="N", help="rows at most (100)")
    refused = add("refusals", intake.refusals, "print or write the refused rows, for whoever owns the data")
    for name in ("table", "source", "reason"):
        refused.add_argument(f"--{name}", metavar="NAME", help=f"only this {name}")
    refused.add_argument("--format", choices=OWNERS_FORMATS, default="csv")
    refused.add_argument("--out", type=Path, metavar="FILE", help="write here (stdout, for CSV)")


def _add_keeping(add: Add) -> None:
    key = add("key", keep.key_list, "add, list or revoke keys")
    actions = key.add_subparsers(metavar="ACTION", required=True)
    for name, run in (("add", keep.key_add), ("list", keep.key_list), ("revoke", keep.key_revoke)):
        action = actions.add_parser(name)
        action.set_defaults(run=run)
        action.add_argument("--home", type=Path, default=argparse.SUPPRESS, metavar="DIR")
        action.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS)
        if name != "list":
            action.add_argument("name", metavar="NAME")
        if name == "add":
            action.add_argument("--role", choices=(*READING_ROLES, "feeder"), required=True)
    audit = add("audit", keep.audit, "who looked at what, newest first")
    audit.add_argument("--limit", type=_n_rows, default=100, metavar="N", help="rows at most (100)")
    backup = add("backup", keep.backup, "write records and the current snapshot into one file")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = add("restore", keep.restore, "replace the home by what a backup holds")
    restore.add_argument("file", type=Path, metavar="FILE")
