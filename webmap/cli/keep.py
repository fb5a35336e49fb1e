"""Commands that keep a home: key, audit, backup, restore."""

import argparse
from pathlib import Path

from geo.errors import NotFound, Words
from geo.records import Records
from geo.records import restore as restore_backup
from webmap.cli.say import os_user, plain_table, say


def open_existing(home: Path) -> Records:
    """The records of `home`; `NotFound` where there are none, so that looking creates nothing."""
    if not (home / "records.sqlite").is_file():
        raise NotFound(Words(f"there is no home in {home}", f"{home} 中没有数据"))
    return Records.open(home)


def key_add(args: argparse.Namespace) -> None:
    """A new key; its secret is shown this once."""
    with Records.open(args.home) as records:
        secret = records.add_key(args.name, args.role)
        records.write_audit(os_user(), "cli key add", filter=f"name={args.name} role={args.role}")
    say(secret, args.lang)


def key_list(args: argparse.Namespace) -> None:
    """All keys, none of their secrets."""
    with open_existing(args.home) as records:
        keys = records.keys()
    say(plain_table(list(keys.columns), keys.itertuples(index=False)), args.lang)


def key_revoke(args: argparse.Namespace) -> None:
    """End a key and its sessions."""
    with open_existing(args.home) as records:
        records.revoke_key(args.name)
        records.write_audit(os_user(), "cli key revoke", filter=f"name={args.name}")
    say(Words(f"revoked {args.name}", f"已撤销 {args.name}"), args.lang)


def audit(args: argparse.Namespace) -> None:
    """Who looked at what, newest first."""
    with open_existing(args.home) as records:
        rows = records.audit(args.limit)
    say(plain_table(list(rows.columns), rows.itertuples(index=False)), args.lang)


def backup(args: argparse.Namespace) -> None:
    """Records and current snapshot into one file."""
    with open_existing(args.home) as records:
        records.write_audit(os_user(), "cli backup", filter=f"file={args.file}")
        records.backup(args.file)
    say(Words(f"wrote {args.file}", f"已写入 {args.file}"), args.lang)


def restore(args: argparse.Namespace) -> None:
    """The home as a backup holds it."""
    restore_backup(args.file, args.home)
    with open_existing(args.home) as records:
        records.write_audit(os_user(), "cli restore", filter=f"file={args.file}")
    say(Words(f"restored {args.home} from {args.file}", f"已从 {args.file} 恢复 {args.home}"), args.lang)
