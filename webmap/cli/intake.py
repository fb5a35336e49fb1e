"""Commands about what came in: imports, rollback, refusals."""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

from geo.errors import BadQuery, Words
from geo.jobs import submit_and_wait
from geo.snapshot.refused import refused_file
from webmap.cli.keep import open_existing
from webmap.cli.say import Progress, os_user, plain_table, say

_IMPORTS = ("id", "kind", "mapping", "imported_at", "who", "outcome", "added", "changed", "removed", "back")


def imports(args: argparse.Namespace) -> None:
    """Imports and roll backs, newest first; `back` marks those that can be rolled back."""
    with open_existing(args.home) as records:
        listed = records.imports(args.limit)
    rows = []
    for row in listed.to_dict("records"):
        counts = json.loads(row["counts"]).values()
        row |= {name: sum(table[name] for table in counts) for name in ("added", "changed", "removed")}
        kind = f"rollback of {row['rolled_back']}" if row["kind"] == "rollback" else row["kind"]
        rows.append([(row | {"kind": kind, "back": "*" if row["can_roll_back"] else ""})[name] for name in _IMPORTS])
    say(plain_table(_IMPORTS, rows), args.lang)


def roll_back(args: argparse.Namespace) -> None:
    """Every source that an import changed, back to how it was just before it."""
    with open_existing(args.home) as records:
        later = records.check_roll_back(args.id)
        records.write_audit(os_user(), "cli rollback", filter=f"import={args.id}")
    if later:
        numbers = ", ".join(map(str, later))
        say(
            Words(
                f"later changes of the same sources are undone with it: {numbers}",
                f"同一来源之后的变更将一并撤回：{numbers}",
            ),
            args.lang,
            sys.stderr,
        )
    with closing(Progress(args.lang)) as progress:
        job = submit_and_wait(args.home, "rollback", {"import": args.id}, os_user(), progress)
    say(job.words, args.lang)


def refusals(args: argparse.Namespace) -> None:
    """Refused rows with their reasons and fields, as a file or as CSV on stdout."""
    if args.out is None and args.format != "csv":
        raise BadQuery(Words(f"{args.format} needs --out FILE", f"{args.format} 格式需要 --out FILE"))
    asked = {name: getattr(args, name) or "" for name in ("table", "source", "reason")}
    with open_existing(args.home) as records:
        body, n_rows = refused_file(records, "editor", asked, args.format)
        told = " ".join(f"{name}={value}" for name, value in asked.items() if value)
        records.write_audit(os_user(), "cli refusals", filter=told, rows=n_rows)
    if args.out is None:
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
        return
    out: Path = args.out
    out.write_bytes(body)
    say(Words(f"wrote {out}: {n_rows} rows", f"已写入 {out}：{n_rows} 行"), args.lang)
