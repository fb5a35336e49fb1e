"""`python -m geo.jobs HOME`: one worker process at lower priority, which ends with its parent."""

import argparse
import logging
import os
import signal
import threading
from pathlib import Path

from geo.jobs.work import run_worker

_NICE = 10
_POLL_S = 1.0
#: A job stops at its next report of progress; past this it is cut off (nothing half-done is ever visible).
_GRACE_S = 5.0


def main() -> None:
    """Runs a worker until it is told to stop or its parent is gone."""
    parser = argparse.ArgumentParser(prog="python -m geo.jobs")
    parser.add_argument("home", type=Path)
    parser.add_argument("--parent", type=int, default=0, help="end when this process is no longer the parent")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    os.nice(_NICE)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if args.parent:
        threading.Thread(target=_follow, args=(args.parent, stop), daemon=True).start()
    run_worker(args.home, stop=stop)


def _follow(parent: int, stop: threading.Event) -> None:
    """Asks for a stop once `parent` is gone (a death signal would follow the parent's thread, not the process)."""
    while os.getppid() == parent:
        if stop.wait(_POLL_S):
            break
    stop.set()
    threading.Event().wait(_GRACE_S)
    os._exit(1)


if __name__ == "__main__":
    main()
