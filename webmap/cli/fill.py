"""Commands that fill a home and serve it: demo, import, build, serve, worker."""

import argparse
import logging
import os
import signal
import sys
import threading
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from geo.demo import labels_text, write_sources
from geo.desk import Desk
from geo.errors import BadInput, BadQuery, Words
from geo.heap import keep_heap_small, trim_heap
from geo.jobs import keep_worker, run_worker, submit_and_wait
from geo.records import Records
from geo.records.labels import FILE as LABELS
from geo.schema import Role
from geo.snapshot.store import current_id
from webmap import create_app
from webmap.cli.credit import ask_credit
from webmap.cli.keep import open_existing
from webmap.cli.say import Progress, os_user, say
from webmap.paper import load_faces
from webmap.server import make_server
from webmap.settings import Settings

_NICE = 10


def demo(args: argparse.Namespace) -> None:
    """Source files of the demo, then the same import and build as a city's."""
    with Records.open(args.home) as records:
        held = records.home()
    if held is not None and not held.demo:
        raise BadQuery(
            Words(
                f"{args.home} holds {held.title_en}; give the demo a home of its own with --home",
                f"{args.home} 中已有{held.title_zh}；请用 --home 为演示另选目录",
            )
        )
    with closing(Progress(args.lang)) as progress:
        mapping = write_sources(args.home / "sources", args.seed, progress.span(0.0, 0.14), size=args.size)
        (args.home / LABELS).write_text(labels_text(), encoding="utf-8")
        trim_heap()
        _submit(args, "import", _import_args(mapping, None), progress.span(0.14, 0.3))
        _submit(args, "build", {"as_of": None}, progress.span(0.3, 1.0))
    if not current_id(args.home):
        raise BadInput(Words("the build published nothing", "构建没有发布快照"))


def import_sources(args: argparse.Namespace) -> None:
    """Sources into records, as one job."""
    if not args.mapping.is_file():
        raise BadInput(Words(f"{args.mapping} is no file", f"{args.mapping} 不是文件"))
    credit = ask_credit(args.home, args.mapping, args.lang)
    with closing(Progress(args.lang)) as progress:
        _submit(args, "import", _import_args(args.mapping, args.data) | credit, progress)
    with open_existing(args.home) as records:
        records.write_audit(os_user(), "cli import", filter=f"mapping={args.mapping}")
        n_notes, n_refused = len(records.notes()), len(records.refusals())
    if n_notes or n_refused:
        say(
            Words(
                f"{n_notes} notes on the sources, {n_refused} rows refused: see gridscope check",
                f"来源说明 {n_notes} 条，未导入 {n_refused} 行：见 gridscope check",
            ),
            args.lang,
        )


def build(args: argparse.Namespace) -> None:
    """Records into a published snapshot, as one job."""
    open_existing(args.home).close()
    with closing(Progress(args.lang)) as progress:
        _submit(args, "build", {"as_of": _moment(args.as_of, args.home)}, progress)


def serve(args: argparse.Namespace) -> None:
    """The service with its worker beside it; ends with SIGINT or SIGTERM."""
    trusted = tuple(args.trusted)
    settings = Settings(home=args.home, role=args.role, host=args.host, port=args.port, trusted=trusted)
    check_may_serve(settings)
    keep_heap_small()
    desk = Desk(args.home)
    app = create_app(settings, desk=desk)
    try:
        server = make_server(app, settings)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise BadQuery(
            Words(f"cannot listen on {where}: {error.strerror}", f"无法在 {where} 上提供服务：{error.strerror}")
        ) from error
    stop = threading.Event()
    worker = threading.Thread(target=keep_worker, args=(args.home, stop))
    worker.start()
    try:
        signal.signal(signal.SIGTERM, _interrupt)
        if current_id(args.home) is None:
            say(_EMPTY, args.lang)
        else:
            threading.Thread(target=_warm_up, args=(desk, args.role), daemon=True).start()
        address = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{settings.port}"
        say(Words(f"gridscope serves at {address}", f"gridscope serves at {address} （服务已启动）"), args.lang)
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        server.close()
        stop.set()
        worker.join()


def check_may_serve(settings: Settings) -> None:
    """Raise `BadQuery` where others could reach the service and no key exists that they would need."""
    if not settings.needs_key:
        return
    with Records.open(settings.home) as records:
        keys = records.keys()
    if not keys["revoked_at"].isna().any():
        raise BadQuery(
            Words(
                f"{settings.host} can be reached from outside, and no key exists; "
                "make one first: gridscope key add NAME --role ROLE",
                f"{settings.host} 可从外部访问，但还没有密钥；请先执行 gridscope key add NAME --role ROLE",
            )
        )


def worker(args: argparse.Namespace) -> None:
    """Jobs until SIGINT or SIGTERM, or with --once until none waits."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    os.nice(_NICE)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("geo").setLevel(logging.INFO)
    n = run_worker(args.home, once=args.once, stop=stop)
    say(Words(f"{n} jobs run", f"已执行 {n} 个任务"), args.lang)


_EMPTY = Words(
    "no data yet; run `gridscope demo` for the sample, or `gridscope import MAPPING.toml` and `gridscope build`",
    "还没有数据；运行 gridscope demo 载入演示，或运行 gridscope import MAPPING.toml 和 gridscope build",
)


def _warm_up(desk: Desk, role: Role) -> None:
    """What pages ask first, then what the first print would wait for."""
    desk.warm_up(role)
    load_faces()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _import_args(mapping: Path, data: Path | None) -> dict[str, Any]:
    return {"mapping": str(mapping.resolve()), "data": str((data or mapping.parent).resolve())}


def _submit(args: argparse.Namespace, kind: str, job_args: dict[str, Any], progress: Progress) -> None:
    job = submit_and_wait(args.home, kind, job_args, os_user(), progress)
    progress.close()
    say(job.words, args.lang)


def _moment(text: str | None, home: Path) -> str | None:
    """An ISO time with its offset; one without is civil time of the home."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadQuery(
            Words(f"{text!r} is no time such as 2026-01-31T18:00", f"{text!r} 不是时间（如 2026-01-31T18:00）")
        ) from error
    if moment.tzinfo is None:
        with Records.open(home) as records:
            info = records.home()
        moment = moment.replace(tzinfo=ZoneInfo(info.timezone if info else "UTC"))
    return moment.isoformat()
