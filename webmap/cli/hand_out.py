"""Commands that hand data out: table, assign, map, print."""

import argparse
import sys
from datetime import datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from geo.desk import Desk
from geo.errors import BadQuery, Words
from geo.records import Records
from geo.schema import DEMO_NOTE
from geo.snapshot import queries
from geo.snapshot.assign import assign_csv
from geo.snapshot.assign_parquet import assign_parquet
from geo.snapshot.export import to_bytes, write_table
from geo.snapshot.refused import refusals
from geo.snapshot.store import open_current
from webmap.cli.keep import open_existing
from webmap.cli.say import Progress, os_user, say
from webmap.i18n import load_messages
from webmap.maps.standalone import write_map
from webmap.paper import print_page, read_link


def table(args: argparse.Namespace) -> None:
    """A table of the snapshot as a file, or as CSV on stdout."""
    if args.out is None and args.format != "csv":
        raise BadQuery(Words(f"{args.format} needs --out FILE", f"{args.format} 格式需要 --out FILE"))
    snapshot = open_current(args.home)
    with open_existing(args.home) as records:
        if args.name == "refusals":
            frame = refusals(records, args.role, args.lang)
        else:
            chosen = {"level": args.level, "within": args.within, "at": args.at}
            frame = queries.table(snapshot, args.name, role=args.role, **chosen)
        _audit(args, records, f"table {args.name}", len(frame))
    if snapshot.home.demo:
        say(DEMO_NOTE, args.lang, sys.stderr)
    if args.out is None:
        sys.stdout.buffer.write(to_bytes(frame, args.name, args.format, snapshot))
        sys.stdout.flush()
        return
    for file in write_table(frame, args.name, args.format, snapshot, args.out):
        say(Words(f"wrote {file}", f"已写入 {file}"), args.lang)


def assign(args: argparse.Namespace) -> None:
    """A CSV or Parquet file with the units of each row."""
    snapshot = open_current(args.home)
    if snapshot.home.demo:
        say(DEMO_NOTE, args.lang, sys.stderr)
    assigned = assign_parquet if args.points.suffix.lower() == ".parquet" else assign_csv
    counts = assigned(snapshot, args.points, args.x, args.y, args.crs, args.out)
    inside, outside, refused = counts["assigned"], counts["outside"], counts["refused"]
    say(
        Words(
            f"wrote {args.out}: {inside} assigned, {outside} outside, {refused} refused",
            f"已写入 {args.out}：归入 {inside}，界外 {outside}，未处理 {refused}",
        ),
        args.lang,
    )


def map_file(args: argparse.Namespace) -> None:
    """The map as one file."""
    snapshot = open_current(args.home)
    progress, words = Progress(args.lang), Words("writing the map", "正在写入地图")
    try:
        write_map(Desk(args.home), args.out, role=args.role, lang=args.lang, tell=lambda share: progress(share, words))
    finally:
        progress.close()
    with open_existing(args.home) as records:
        _audit(args, records, f"map snapshot {snapshot.number}", len(snapshot.frame("units")))
    say(Words(f"wrote {args.out}", f"已写入 {args.out}"), args.lang)


def print_desk(args: argparse.Namespace) -> None:
    """A desk's page for paper."""
    snapshot = open_current(args.home)
    asked = read_link(args.desk, parse_qs(args.query.removeprefix("?"), keep_blank_values=True))
    today = datetime.now(ZoneInfo(snapshot.home.timezone)).date()
    look = {"role": args.role, "lang": asked.lang or args.lang, "printed_on": today}
    body, n_units = print_page(Desk(args.home), load_messages(), args.desk, asked, **look)
    args.out.write_bytes(body)
    with open_existing(args.home) as records:
        _audit(args, records, f"print {args.desk}", n_units)
    say(Words(f"wrote {args.out}", f"已写入 {args.out}"), args.lang)


def _audit(args: argparse.Namespace, records: Records, route: str, n_rows: int) -> None:
    """Files above leader leave a row with the operating system's user, the role and the filter."""
    if args.role == "leader":
        return
    chosen = {name: getattr(args, name, None) for name in ("level", "at", "format", "query", "out")}
    texts = [f"role={args.role}", *(f"{name}={value}" for name, value in chosen.items() if value is not None)]
    records.write_audit(
        os_user(), f"cli {route}", unit=getattr(args, "within", None) or "", filter=" ".join(texts), rows=n_rows
    )
