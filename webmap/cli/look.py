"""Commands that show what a home holds: check, snapshots."""

import argparse

from geo.schema.column import may_see
from geo.snapshot.refused import refusals
from geo.snapshot.store import list_snapshots, open_current
from webmap.cli.keep import open_existing
from webmap.cli.say import os_user, plain_table, say

_LEDGER = ("layer", "level", "code", "rows_read", "assigned", "outside", "refused", "balanced")
_SOURCES = ("table", "source", "file", "n_read", "n_kept", "n_refused", "imported_at")


def check(args: argparse.Namespace) -> int:
    """Sources, what was noted of them, ledger and, for editors, refused rows; 1 where the ledger does not balance."""
    snapshot = open_current(args.home)
    ledger = snapshot.frame("ledger")
    whole = ledger[ledger["rows_read"].notna() | ~ledger["balanced"].astype(bool)]
    with open_existing(args.home) as records:
        sources = records.sources()
        say(plain_table(_SOURCES, sources[list(_SOURCES)].itertuples(index=False)), args.lang)
        noted, words = records.notes(), "note_zh" if args.lang == "zh" else "note"
        if len(noted):
            say("", args.lang)
            say(plain_table(("table", "source", "note"), noted[["table", "source", words]].to_numpy()), args.lang)
        say("", args.lang)
        say(plain_table(_LEDGER, whole[list(_LEDGER)].itertuples(index=False)), args.lang)
        refused = refusals(records, "editor", args.lang)
        say("", args.lang)
        if may_see(args.role, "editor"):
            columns = ("table", "file", "line", "reason", "explained")
            say(plain_table(columns, refused[list(columns)].itertuples(index=False)), args.lang)
            records.write_audit(os_user(), "cli check", filter=f"role={args.role}", rows=len(refused))
        else:
            counted = refused.groupby(["table", "reason"]).size().reset_index(name="n")
            say(plain_table(("table", "reason", "n"), counted.itertuples(index=False)), args.lang)
    return 0 if bool(ledger["balanced"].all()) else 1


def snapshots(args: argparse.Namespace) -> None:
    """Published generations; the one that serves is marked."""
    open_existing(args.home).close()
    listed = list_snapshots(args.home)
    rows = [
        (row.number, row.id, row.as_of, row.built_at, "*" if row.current else "")
        for row in listed.itertuples(index=False)
    ]
    say(plain_table(("number", "id", "as_of", "built_at", "current"), rows), args.lang)
