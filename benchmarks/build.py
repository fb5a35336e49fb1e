"""The demo from nothing to a published snapshot: source files, import, build; seconds and peak memory of each.

Each step runs in a process of its own, with kernels compiled before, and tells when each of its parts began. The limits
are those of the design for the whole prefecture: 60 s for sources and import together, 60 s and 2 GB for the build, and
both together for a newcomer's first page. --quick takes the smallest of the nine county-level units, for which there is
a limit of memory only.
"""

import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from harness import PREPARED, parse_flags, print_load, print_ratio

from geo.demo.sources import write_sources
from geo.errors import Words
from geo.jobs import run_build, run_import

STEPS = ("sources", "import", "build")
LIMIT_S, LIMIT_MB = 60.0, 2000.0


def main() -> None:
    flags = parse_flags(__doc__)
    size = "small" if flags.quick else "full"
    home = PREPARED / f"demo-{size}"
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "geo.demo.warm_up"], check=True)
    print_load()
    done = {}
    for step in STEPS:
        found = subprocess.run([sys.executable, __file__, step, size, str(home)], check=True, stdout=subprocess.PIPE)
        one = done[step] = json.loads(found.stdout)
        print(f"{step}: {one['wall_s']:.1f} s wall, {one['cpu_s']:.1f} s CPU, {one['peak_mb']:.0f} MB")
        for began_s, words in one["parts"]:
            print(f"    {began_s:6.1f} s  {words}")
    shutil.rmtree(home, ignore_errors=True)
    filled_s, built = done["sources"]["wall_s"] + done["import"]["wall_s"], done["build"]
    if not flags.quick:
        print_limit("demo sources and import", filled_s, LIMIT_S, "s")
        print_limit("demo build", built["wall_s"], LIMIT_S, "s")
        print_limit("demo from nothing to a snapshot", filled_s + built["wall_s"], 2 * LIMIT_S, "s")
    print_limit("demo build memory", built["peak_mb"], LIMIT_MB, "MB")


def print_limit(name: str, ours: float, limit: float, unit: str) -> None:
    """The closing line of a figure that has a limit and no peer."""
    print_ratio(name, ours, f"limit:{limit:.0f}{unit}", ours / limit, 1.0, unit, at_least=False)


def step_of(step: str, size: str, home: Path) -> None:
    """One step in this process; its figures go to the output as JSON."""
    start = time.perf_counter()
    parts: list[tuple[float, str]] = []

    def progress(_share: float, words: Words) -> None:
        if not parts or parts[-1][1] != words.en:
            parts.append((round(time.perf_counter() - start, 1), words.en))

    sources = home / "sources"
    if step == "sources":
        write_sources(sources, progress=progress, size=size)
    elif step == "import":
        run_import(home, sources / "mapping.toml", sources, progress)
    else:
        run_build(home, progress=progress)
    wall_s = time.perf_counter() - start
    peak_kb = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    times = [sum(usage(who)) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    figures = {"wall_s": wall_s, "cpu_s": sum(times), "peak_mb": int(peak_kb.split()[1]) / 1000, "parts": parts}
    sys.stdout.write(json.dumps(figures))


def usage(who: int) -> tuple[float, float]:
    """Seconds of user and system time."""
    used = resource.getrusage(who)
    return used.ru_utime, used.ru_stime


if __name__ == "__main__":
    if len(sys.argv) == 4:
        step_of(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    else:
        main()
